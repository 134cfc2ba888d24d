"""GraphQL over server-sent events."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.server.graphql_site import Site, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVENTS = {"accept": "text/event-stream"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_site() -> AsyncIterator[Site]:
    """The small graph on a port."""
    async with serving() as running:
        yield running


@pytest.fixture
def site(one_site: Site) -> Site:
    """The same server for all tests, with nothing left of the one before."""
    one_site.world.clear()
    return one_site


async def events(site: Site, query: str, **headers: str) -> list[tuple[str, str | None, object]]:
    """The events that answer a document: their names, their ids and their data."""
    response = await site.http.post(site.url, json={"query": query}, headers={**EVENTS, **headers})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    found = []
    for block in response.text.split("\n\n")[:-1]:
        fields = dict(line.split(":", 1) for line in block.split("\n"))
        data = fields["data"].strip()
        id = fields["id"].strip() if "id" in fields else None
        found.append((fields["event"].strip(), id, json.loads(data) if data else None))
    return found


async def test_a_subscription_is_a_stream_whose_ids_are_its_cursors(site: Site) -> None:
    assert await events(site, "subscription {count(to: 2)}") == [
        ("next", "1", {"data": {"count": 1}, "extensions": {"cursor": "1"}}),
        ("next", "2", {"data": {"count": 2}, "extensions": {"cursor": "2"}}),
        ("complete", None, None),
    ]


async def test_a_client_that_comes_again_goes_on_after_the_last_event_it_had(site: Site) -> None:
    headers = {"last-event-id": "3"}
    found = await events(site, "subscription {count(to: 5)}", **headers)
    assert [id for _, id, _ in found] == ["4", "5", None]


async def test_queries_and_mutations_are_streams_of_one_event(site: Site) -> None:
    assert await events(site, "{greeting}") == [
        ("next", None, {"data": {"greeting": "hello"}}),
        ("complete", None, None),
    ]
    assert (await events(site, 'mutation {note(text: "x")}'))[0][2] == {"data": {"note": "x"}}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription {nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($n: Int!) {count(to: $n)}", "BAD_USER_INPUT"),
        ("subscription {refused}", "NOT_FOUND"),
    ],
)
async def test_what_cannot_run_is_told_in_an_event_since_browsers_see_no_other_answer(
    site: Site, query: str, code: str
) -> None:
    (name, _, data), complete = await events(site, query)
    assert name == "next"
    assert isinstance(data, dict)
    assert data["errors"][0]["extensions"]["code"] == code
    assert complete == ("complete", None, None)


async def test_a_source_that_breaks_off_says_so_and_completes(site: Site) -> None:
    first, second, last = await events(site, "subscription {breaks(expected: false)}")
    assert first[2] == {"data": {"breaks": 1}}
    assert "INTERNAL_SERVER_ERROR" in str(second)
    assert last[0] == "complete"


async def test_a_source_that_overruns_its_listener_leaves_the_client_to_come_again(
    site: Site,
) -> None:
    found = await events(site, "subscription {overrun}")
    assert [name for name, _, _ in found] == ["next", "next"]
    assert "SLOW_CLIENT" in str(found[-1])


@pytest.mark.parametrize(
    ("query", "headers", "names"),
    [
        ("subscription {abandoned}", {}, ["next", "next"]),
        ("subscription {posts {name}}", {"authorization": "Bearer cursed"}, ["next"]),
    ],
)
async def test_whatever_else_goes_wrong_is_masked_and_leaves_the_client_to_come_again(
    site: Site, query: str, headers: dict[str, str], names: list[str]
) -> None:
    found = await events(site, query, **headers)
    assert [name for name, _, _ in found] == names
    assert "INTERNAL_SERVER_ERROR" in str(found[-1])
    assert len(site.world.reported) == 1


async def test_a_subscription_is_streamed_to_clients_that_take_streams_among_others(
    site: Site,
) -> None:
    """As some clients accept everything at once, whatever the operation."""
    headers = {"accept": "application/graphql-response+json, text/event-stream"}
    body = {"query": "subscription {count(to: 1)}"}
    response = await site.http.post(site.url, json=body, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    response = await site.http.post(site.url, json={"query": "{greeting}"}, headers=headers)
    assert response.headers["content-type"].startswith("application/graphql-response+json")


async def test_a_browser_may_subscribe_by_get_but_change_nothing(site: Site) -> None:
    params = {"query": "subscription {count(to: 1)}"}
    response = await site.http.get(site.url, params=params, headers=EVENTS)
    assert response.text.startswith("event: next\nid: 1\n")
    params = {"query": 'mutation {note(text: "x")}'}
    response = await site.http.get(site.url, params=params, headers=EVENTS)
    assert response.status_code == 405
    assert site.world.log == ["count closed"]


async def test_a_client_that_cannot_be_authenticated_gets_no_stream(site: Site) -> None:
    headers = {**EVENTS, "authorization": "Bearer bad"}
    response = await site.http.post(site.url, json={"query": "{viewer}"}, headers=headers)
    assert response.status_code == 401


async def test_a_stream_without_events_is_kept_open_by_comments() -> None:
    async with serving(ping_seconds=0.05) as site:
        body = {"query": "subscription {silent}"}
        async with site.http.stream("POST", site.url, json=body, headers=EVENTS) as response:
            received = ""
            async for text in response.aiter_text():
                received += text
                if received.count(":\n\n") >= 3:
                    break
        assert received.replace(":\n\n", "") == ""


async def test_each_event_has_loaders_of_its_own(site: Site) -> None:
    found = await events(site, "subscription {posts(to: 2) {author {name}}}")
    assert len(found) == 3
    assert site.world.contexts == 3
