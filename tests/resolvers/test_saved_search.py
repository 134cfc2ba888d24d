"""Saved searches and the history of searches through the API: one's own, bounded, forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from tests.client import PASSWORD, Client
from tests.conftest import Running
from tests.resolvers.team import join, workspace
from tests.resolvers.test_search import indexed, search, write

SAVE = """
mutation Save($input: SaveSearchInput!) {
  saveSearch(input: $input) { id name query filter { types tags createdFrom } }
}
"""
SAVED = """
query Saved($at: ID, $first: Int, $after: String) {
  savedSearches(workspaceId: $at, first: $first, after: $after) {
    edges { node { name } } pageInfo { hasNextPage endCursor } } }
"""
RUN = "query Run($id: ID!) { runSavedSearch(id: $id) { edges { node { id } } } }"
DELETE = "mutation Delete($id: ID!) { deleteSavedSearch(id: $id) }"
HISTORY = "query H($at: ID) { searchHistory(workspaceId: $at) { edges { node { query } } } }"
CLEAR = "mutation { clearSearchHistory }"
KEEP = "mutation Keep($on: Boolean!) { keepSearchHistory(enabled: $on) }"


async def save(client: Client, name: str, **more: Any) -> Any:
    """A saved search."""
    given = {"name": name, "query": "loom", **more}
    return (await client.data(SAVE, input=given))["saveSearch"]


async def history(client: Client, **more: Any) -> list[str]:
    """What was searched for, the latest first."""
    edges = (await client.data(HISTORY, **more))["searchHistory"]["edges"]
    return [each["node"]["query"] for each in edges]


async def test_a_saved_search_is_listed_run_and_deleted(ada: Client) -> None:
    kept, other = await write(ada, "A loom", tags=["yarn"]), await write(ada, "A loom")
    await indexed(ada, "loom", kept, other)
    made = await save(ada, "Yarn", filter={"tags": ["yarn"], "types": ["POST"]})
    assert made["filter"] == {"types": ["POST"], "tags": ["yarn"], "createdFrom": None}
    found = (await ada.data(RUN, id=made["id"]))["runSavedSearch"]["edges"]
    assert [each["node"]["id"] for each in found] == [kept]
    await save(ada, "All")
    page = (await ada.data(SAVED, first=1))["savedSearches"]
    assert [each["node"]["name"] for each in page["edges"]] == ["All"]
    rest = (await ada.data(SAVED, after=page["pageInfo"]["endCursor"]))["savedSearches"]
    assert [each["node"]["name"] for each in rest["edges"]] == ["Yarn"]
    assert await ada.code(SAVE, input={"name": "All", "query": "x"}) == "BAD_USER_INPUT"
    assert await ada.code(SAVE, input={"name": "", "query": "x"}) == "BAD_USER_INPUT"
    assert (await ada.data(DELETE, id=made["id"]))["deleteSavedSearch"] is True
    assert await ada.code(RUN, id=made["id"]) == "NOT_FOUND"


async def test_fifty_are_kept_of_sixty_that_come_at_once(ada: Client) -> None:
    async def insist(number: int) -> str | None:
        """As clients do: who collided too often asks again."""
        given = {"name": f"Search {number}", "query": "loom"}
        while (code := await ada.code(SAVE, input=given)) == "UNAVAILABLE":
            pass
        return code

    codes = await asyncio.gather(*map(insist, range(60)))
    assert Counter(codes) == {None: 50, "TOO_MANY_SAVED_SEARCHES": 10}
    edges = (await ada.data(SAVED, first=100))["savedSearches"]["edges"]
    assert len(edges) == 50


async def test_what_one_searched_for_is_seen_by_nobody_else(ada: Client, bob: Client) -> None:
    """Not even by those who run the workspace."""
    team = (await workspace(ada))["id"]
    await join(ada, team, bob, "VIEWER")
    made = await save(bob, "Mine", workspaceId=team)
    await search(bob, "salary", id=team)
    assert await history(bob, at=team) == ["salary"]
    assert await history(ada, at=team) == []
    assert (await ada.data(SAVED, at=team))["savedSearches"]["edges"] == []
    assert await ada.code(RUN, id=made["id"]) == "NOT_FOUND"
    assert await ada.code(DELETE, id=made["id"]) == "NOT_FOUND"


async def test_the_history_is_short_and_can_be_cleared_and_switched_off(
    server: Running, ada: Client
) -> None:
    for query in ("loom", "yarn", "loom"):
        await search(ada, query)
    assert await history(ada) == ["loom", "yarn"]
    past = server.backend.stores.past_searches
    (one, *_) = await past.find({})
    more = [
        {**(await past.raw.find_one({"_id": one.id}) or {}), "_id": f"x{n}"} for n in range(120)
    ]
    await past.raw.insert_many(more)
    await search(ada, "felt")
    assert await past.count({}) == 100
    assert (await history(ada))[0] == "felt"
    assert (await ada.data(CLEAR))["clearSearchHistory"] == 100
    await search(ada, "loom")
    assert (await ada.data(KEEP, on=False))["keepSearchHistory"] is False
    await search(ada, "loom")
    assert await history(ada) == []
    await ada.data(KEEP, on=True)
    await search(ada, "wool")
    assert await history(ada) == ["wool"]


async def test_it_goes_with_the_account(server: Running, ada: Client) -> None:
    await save(ada, "Mine")
    await search(ada, "loom")
    stores = server.backend.stores
    await ada.data("mutation D($p: String!) { deleteMe(password: $p) }", p=PASSWORD)
    assert await stores.saved_searches.count({}) == await stores.past_searches.count({}) == 0
