"""Search through the API: what is written is found, by words and by meaning, by who may read it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from datasources.vectors import Narrowed
from tests.client import Client
from tests.conftest import Running
from tests.resolvers.team import join, workspace

CREATE = """
mutation Create($input: CreateContentInput!) { createContent(input: $input) { id version } }
"""
SEARCH = """
query Search($query: String!, $id: ID, $filter: SearchFilter, $first: Int, $after: String) {
  search(query: $query, workspaceId: $id, filter: $filter, first: $first, after: $after) {
    mode edges { cursor score highlights node { id title body status } }
    pageInfo { hasNextPage hasPreviousPage endCursor } }
}
"""
SIMILAR = """
query Similar($id: ID!, $n: Int) {
  similarContent(id: $id, first: $n) { score content { id title } }
}
"""
UPDATE = """
mutation Update($id: ID!, $version: Int!, $input: UpdateContentInput!) {
  updateContent(id: $id, expectedVersion: $version, input: $input) { id }
}
"""
PAY = "How we agreed on a salary band before the first interview, and why nobody haggled."
TEAM = "Remote teams need a rhythm: one meeting a week, everything else in writing."
BREAD = "My sourdough starter died twice. The third one lives in the fridge, and forgives me."


async def write(client: Client, body: str, **more: Any) -> str:
    """The id of a new piece."""
    made = await client.data(CREATE, input={"type": "POST", "body": body, **more})
    return str(made["createContent"]["id"])


async def search(client: Client, query: str, **more: Any) -> Any:
    """What is found."""
    return (await client.data(SEARCH, query=query, **more))["search"]


async def bodies(client: Client, query: str, **more: Any) -> list[str]:
    """The text of what is found, best first."""
    return [edge["node"]["body"] for edge in (await search(client, query, **more))["edges"]]


async def until(read: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait until reading gives what is wanted: indexing follows a write within a second."""
    seen = None
    try:
        async with asyncio.timeout(40):
            while (seen := await read()) != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0)
    except TimeoutError:
        pytest.fail(f"still {seen!r}, not {wanted!r}")


async def indexed(client: Client, word: str, *ids: str, **more: Any) -> None:
    """Wait until all of these are found by that word."""

    async def all_there() -> bool:
        edges = (await search(client, word, first=100, **more))["edges"]
        return set(ids) <= {edge["node"]["id"] for edge in edges}

    await until(all_there, True)


async def library(client: Client) -> list[str]:
    """Three pieces, searchable."""
    ids = [await write(client, body) for body in (PAY, TEAM, BREAD)]
    for word in ("salary", "remote", "sourdough"):

        async def one(word: str = word) -> int:
            return len([body for body in await bodies(client, word) if word in body.casefold()])

        await until(one, 1)
    return ids


async def test_what_is_written_is_found_by_its_words(ada: Client) -> None:
    await library(ada)
    assert (await bodies(ada, "sourdough"))[0] == BREAD


async def test_what_is_written_is_found_by_its_meaning(ada: Client) -> None:
    """None of the words of the question are in the text."""
    await library(ada)
    assert (await bodies(ada, "negotiating pay when hiring"))[0] == PAY
    assert (await bodies(ada, "bread baking"))[0] == BREAD
    found = await search(ada, "working from home")
    assert (found["edges"][0]["node"]["body"], found["mode"]) == (TEAM, "HYBRID")


async def test_a_change_is_found_and_what_was_there_before_is_not(ada: Client) -> None:
    (id, *_) = await library(ada)
    await ada.data(UPDATE, id=id, version=1, input={"body": "Selvedge denim, woven slowly."})

    async def found() -> list[str]:
        return [each for each in await bodies(ada, "selvedge") if "Selvedge" in each]

    await until(found, ["Selvedge denim, woven slowly."])
    assert PAY not in await bodies(ada, "salary")


async def test_what_is_deleted_or_archived_is_not_found_any_more(ada: Client) -> None:
    pay, team, _ = await library(ada)
    await ada.data("mutation D($id: ID!) { deleteContent(id: $id) }", id=pay)
    await ada.data("mutation A($id: ID!) { archiveContent(id: $id) { id } }", id=team)
    assert PAY not in await bodies(ada, "salary")
    assert TEAM not in await bodies(ada, "remote")

    async def archived() -> list[str]:
        return await bodies(ada, "remote", filter={"statuses": ["ARCHIVED"]})

    await until(archived, [TEAM])


async def test_filters_narrow_what_is_found(ada: Client) -> None:
    kept = await write(ada, "A loom", title="Kept", tags=["#Weaving"], platforms=["FEED"])
    other = await write(ada, "A loom", type="ARTICLE", platforms=["X"])
    await indexed(ada, "loom", kept, other)

    async def ids(**filter: Any) -> list[str]:
        found = await search(ada, "loom", filter=filter)
        return [edge["node"]["id"] for edge in found["edges"]]

    assert sorted(await ids()) == sorted([kept, other])
    assert await ids(types=["ARTICLE"]) == [other]
    assert await ids(tags=["weaving"]) == [kept]
    assert await ids(platforms=["X", "MEDIUM"]) == [other]
    assert await ids(createdFrom="2100-01-01T00:00:00Z") == []
    assert sorted(await ids(createdTo="2100-01-01T00:00:00Z")) == sorted([kept, other])


async def test_highlights_show_the_words_and_are_safe_in_a_page(ada: Client) -> None:
    id = await write(ada, "<script>alert('loom')</script> Looms & threads")
    await indexed(ada, "loom", id)
    (edge,) = (await search(ada, "loom"))["edges"]
    assert edge["highlights"] == [
        "&lt;script&gt;alert('<mark>loom</mark>')&lt;/script&gt; <mark>Looms</mark> &amp; threads"
    ]


async def test_pages_cover_what_is_found_once(ada: Client) -> None:
    ids = [await write(ada, f"A loom, number {n}") for n in range(7)]
    await indexed(ada, "loom", *ids)
    seen: list[str] = []
    after = None
    while True:
        page = await search(ada, "loom", first=3, after=after)
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(seen) == sorted(ids)


async def test_a_page_goes_on_behind_a_piece_that_has_gone(ada: Client) -> None:
    ids = [await write(ada, "A loom") for _ in range(4)]
    await indexed(ada, "loom", *ids)
    page = await search(ada, "loom", first=2)
    last = page["edges"][-1]["node"]["id"]
    await ada.data("mutation D($id: ID!) { deleteContent(id: $id) }", id=last)
    rest = await search(ada, "loom", after=page["pageInfo"]["endCursor"])
    seen = {edge["node"]["id"] for edge in [*page["edges"], *rest["edges"]]}
    assert seen == set(ids)


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": ""},
        {"query": "   "},
        {"query": "x" * 401},
        {"query": "loom", "first": 0},
        {"query": "loom", "first": 101},
        {"query": "loom", "after": "nonsense"},
        {"query": "loom", "after": "Wy0xLCJ4Il0"},
        {
            "query": "loom",
            "filter": {"createdFrom": "2026-02-01T00:00:00Z", "createdTo": "2026-01-01T00:00:00Z"},
        },
    ],
)
async def test_what_makes_no_sense_is_refused(ada: Client, wrong: dict[str, Any]) -> None:
    assert await ada.code(SEARCH, **wrong) == "BAD_USER_INPUT"


async def test_nobody_finds_what_they_may_not_read(ada: Client, bob: Client) -> None:
    await library(ada)
    assert await bodies(bob, "salary") == []
    team = await workspace(ada)
    id = await write(ada, "The team's own loom", workspaceId=team["id"])
    await indexed(ada, "loom", id, id=team["id"])
    assert await bob.code(SEARCH, query="loom", id=team["id"]) == "NOT_FOUND"
    assert "The team's own loom" not in await bodies(ada, "loom")
    await join(ada, team["id"], bob, "VIEWER")
    assert await bodies(bob, "loom", id=team["id"]) == ["The team's own loom"]


async def test_similar_pieces_are_those_that_mean_the_same(ada: Client) -> None:
    _, team, _ = await library(ada)
    other = await write(ada, "Distributed work: fewer calls, more documents, a weekly meeting.")

    async def nearest() -> list[str]:
        found = (await ada.data(SIMILAR, id=team, n=1))["similarContent"]
        return [each["content"]["id"] for each in found]

    await until(nearest, [other])
    found = (await ada.data(SIMILAR, id=team))["similarContent"]
    assert team not in [each["content"]["id"] for each in found]
    assert all(0 <= each["score"] <= 1 for each in found)
    scores = [each["score"] for each in found]
    assert scores == sorted(scores, reverse=True)


async def test_an_erased_account_leaves_nothing_in_the_index(ada: Client, server: Running) -> None:
    await library(ada)
    backend = server.backend
    store = backend.services.indexing.store
    user = await backend.stores.users.get(ada.user_id)
    (generation,) = await backend.stores.generations.all()
    assert user is not None
    home = user.personal_workspace_id
    assert await store.words(generation.id, home, "salary", Narrowed(), 5)
    await ada.data('mutation { deleteMe(password: "correct horse battery staple") }')
    assert not await store.words(generation.id, home, "salary", Narrowed(), 5)
    assert not list((backend.settings.data_dir / "search").rglob(f"{home}*"))
