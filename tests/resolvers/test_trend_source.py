"""Feeds that a workspace subscribes to: read by the worker, from real servers that mean no good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.settings import Settings
from services.clock import utc_now
from services.trend_sources import MOST
from tests.client import Client
from tests.conftest import Running
from tests.fakes.feed_sites import (
    BOMB,
    NOT_MODIFIED,
    PAGE,
    Item,
    atom,
    endless,
    rss,
    served,
)
from tests.fakes.stranger import Speak, Stranger, moved, ok, stranger
from tests.resolvers.test_recommendation import COOKING, live, topics

ADD = """mutation A($url: String!, $home: ID) {
  addTrendSource(input: { url: $url, workspaceId: $home }) { id url state } }"""
REMOVE = "mutation R($id: ID!) { removeTrendSource(id: $id) }"
LIST = """query L($home: ID, $first: Int, $after: String) {
  trendSources(workspaceId: $home, first: $first, after: $after) {
    edges { node { id url title state problem problemCode items checkedAt nextCheckAt
      addedBy { id } } } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A server that may reach one address of the loopback; its others stand for what none may.

    It has no worker: the tests say when feeds are read.
    """
    return replace(settings, outbound_networks=("127.0.0.1",), outbound_ports=(), worker=False)


@pytest.fixture
async def site() -> AsyncIterator[Stranger]:
    """Somebody's server."""
    async with stranger() as found:
        yield found


async def add(client: Client, url: str, **more: Any) -> str:
    """The id of a new source."""
    return str((await client.data(ADD, url=url, **more))["addTrendSource"]["id"])


async def sources(client: Client, **more: Any) -> dict[str, Any]:
    """The sources, by id."""
    edges = (await client.data(LIST, **more))["trendSources"]["edges"]
    return {edge["node"]["id"]: edge["node"] for edge in edges}


async def read(server: Running) -> int:
    """As the worker does, with all sources due."""
    await server.backend.stores.trend_sources.update_many(
        {}, {"$set": {"next_check_at": utc_now() - timedelta(minutes=1)}}
    )
    return await server.backend.services.trend_reading.run()


def week() -> list[Item]:
    """A feed on which bread without gluten rises, among other things."""
    now = utc_now()
    rising = (
        "Gluten free bread that rises at last",
        "Why gluten free bread wants psyllium",
        "The best flour for gluten free bread",
        "Gluten free bread in an old oven",
    )
    other = ("Pears in wine", "A chair for the kitchen", "Soup of the day", "Our holiday hours")
    fresh = [(text, now - timedelta(days=1, hours=n)) for n, text in enumerate(rising)]
    return [*fresh, *((text, now - timedelta(days=12 + n)) for n, text in enumerate(other))]


@pytest.mark.parametrize("form", [rss, atom])
async def test_what_rises_on_a_feed_becomes_a_recommendation_with_something_to_read(
    server: Running, ada: Client, site: Stranger, form: Any
) -> None:
    site.paths["/feed"] = served(form("Crumbs", week()))
    await live(server.backend, ada, [(f"{text}.", 40 + n, 1.0) for n, text in enumerate(COOKING)])
    id = await add(ada, site.url("/feed"))
    assert (await sources(ada))[id]["state"] == "WAITING"
    assert await read(server) == 1
    source = (await sources(ada))[id]
    assert (source["state"], source["title"], source["items"]) == ("OK", "Crumbs", 8)
    assert source["problem"] is None
    assert source["addedBy"]["id"] == ada.user_id
    (bread,) = [each for each in await topics(ada) if each["type"] == "TRENDING"]
    assert "gluten free" in bread["topic"].lower()
    assert "4 pieces on 1 feed that you follow were about this" in bread["reasons"][0]
    assert "times what it was" in bread["reasons"][0]
    assert len(bread["evidence"]) == 3
    assert bread["evidence"][0]["url"].startswith("https://blog.example/")
    assert bread["writeThis"]["topic"] == bread["topic"]
    await ada.data(REMOVE, id=id)
    assert not [each for each in await topics(ada) if each["type"] == "TRENDING"]
    assert await server.backend.stores.trend_items.count({}) == 0
    assert await ada.code(REMOVE, id=id) == "NOT_FOUND"


async def test_a_feed_is_asked_for_what_is_new_only(
    server: Running, ada: Client, site: Stranger
) -> None:
    site.paths["/feed"] = served(rss("Crumbs", week()), etag='"one"', last_modified="today")
    id = await add(ada, site.url("/feed"))
    await read(server)
    assert site.header("if-none-match") is None
    site.paths["/feed"] = NOT_MODIFIED
    assert await read(server) == 1
    assert site.header("if-none-match") == '"one"'
    assert site.header("if-modified-since") == "today"
    source = (await sources(ada))[id]
    assert (source["state"], source["items"]) == ("OK", 8)
    assert await server.backend.stores.trend_items.count({}) == 8


async def test_bad_feeds_say_what_is_wrong_and_are_no_trouble_to_good_ones(
    server: Running, ada: Client, site: Stranger
) -> None:
    said: dict[str, tuple[bytes | Speak, str, str]] = {
        "/page": (ok(PAGE, "text/html"), "FEED_UNREADABLE", "names http"),
        "/bomb": (served(BOMB), "FEED_UNREADABLE", "declares entities"),
        "/cut": (served(b"<rss><channel>"), "FEED_UNREADABLE", "damaged"),
        "/endless": (endless(), "FETCH_FAILED", "larger than"),
        "/picture": (ok(b"GIF", "image/gif"), "FETCH_FAILED", "image/gif"),
        "/gone": (b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", "FETCH_FAILED", "410"),
        "/inside": (moved(site.url("/feed", "127.0.0.2")), "URL_NOT_ALLOWED", "public internet"),
        "/file": (moved("file:///etc/passwd"), "URL_NOT_ALLOWED", "https://"),
    }
    site.paths |= {path: answer for path, (answer, _, _) in said.items()}
    site.paths["/feed"] = served(rss("Crumbs", week()))
    added = {path: await add(ada, site.url(path)) for path in [*said, "/feed"]}
    assert await read(server) == 1
    found = await sources(ada)
    for path, (_, code, words) in said.items():
        source = found[added[path]]
        assert (source["state"], source["problemCode"]) == ("FAILING", code), path
        assert words in source["problem"], source["problem"]
        assert source["checkedAt"] is not None
    assert found[added["/feed"]]["state"] == "OK"
    assert await server.backend.stores.trend_items.count({}) == 8
    site.paths["/cut"] = served(rss("Whole", week()))
    assert await read(server) == 2
    healed = (await sources(ada))[added["/cut"]]
    assert (healed["state"], healed["problem"], healed["title"]) == ("OK", None, "Whole")


async def test_who_fails_again_is_asked_more_seldom(
    server: Running, ada: Client, site: Stranger
) -> None:
    await add(ada, site.url("/nothing"))
    waits = []
    for _ in range(7):
        await read(server)
        (source,) = await server.backend.stores.trend_sources.find({})
        assert source.checked_at is not None
        waits.append((source.next_check_at - source.checked_at) / timedelta(hours=1))
    assert waits == [1, 2, 4, 8, 16, 24, 24]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.2/feed", "http://169.254.169.254/latest", "ftp://blog.example/x", "feed"],
)
async def test_a_url_that_leads_inside_is_not_even_added(ada: Client, url: str) -> None:
    assert await ada.code(ADD, url=url) == "URL_NOT_ALLOWED"
    assert await sources(ada) == {}


async def test_a_feed_is_added_once_and_a_workspace_has_so_many(
    server: Running, ada: Client
) -> None:
    first = await add(ada, "https://blog.example/0")
    assert await add(ada, "https://blog.example/0") == first
    for number in range(1, MOST):
        await add(ada, f"https://blog.example/{number}")
    assert await ada.code(ADD, url="https://blog.example/more") == "TOO_MANY_TREND_SOURCES"
    page = (await ada.data(LIST, first=20))["trendSources"]
    assert page["pageInfo"]["hasNextPage"]
    rest = await sources(ada, first=20, after=page["pageInfo"]["endCursor"])
    assert len(rest) == MOST - 20
    assert first in rest


async def test_another_tenant_sees_no_source_no_topic_and_removes_nothing(
    server: Running, ada: Client, bob: Client, site: Stranger
) -> None:
    site.paths["/feed"] = served(rss("Crumbs", week()))
    home = await live(server.backend, ada, [(f"{COOKING[0]}.", 40, 1.0)])
    await live(server.backend, bob, [(f"{text}.", 40, 1.0) for text in COOKING])
    id = await add(ada, site.url("/feed"))
    await read(server)
    assert await bob.code(LIST, home=home) == "NOT_FOUND"
    assert await bob.code(ADD, url="https://blog.example/x", home=home) == "NOT_FOUND"
    assert await bob.code(REMOVE, id=id) == "NOT_FOUND"
    assert await sources(bob) == {}
    assert [each for each in await topics(ada) if each["type"] == "TRENDING"]
    assert not [each for each in await topics(bob) if each["type"] == "TRENDING"]


async def test_nothing_is_left_of_a_person_s_feeds_and_answers_when_they_go(
    server: Running, ada: Client, site: Stranger
) -> None:
    site.paths["/feed"] = served(rss("Crumbs", week()))
    await live(server.backend, ada, [(f"{COOKING[0]}.", 40, 1.0)])
    await add(ada, site.url("/feed"))
    await read(server)
    (first, *_) = await topics(ada)
    await ada.data(
        "mutation A($id: ID!) { answerRecommendation(id: $id, verdict: DISMISS) { id } }",
        id=first["id"],
    )
    stores = server.backend.stores
    kept = (
        stores.trend_sources,
        stores.trend_items,
        stores.trend_topics,
        stores.recommendation_feedback,
    )
    assert all([await each.count({}) for each in kept])
    exported = (await ada.data("{ exportMyData }"))["exportMyData"]
    assert exported["trendSources"][0]["url"] == site.url("/feed")
    assert exported["recommendationFeedback"][0]["topic"] == first["topic"]
    assert "vector" not in exported["recommendationFeedback"][0]
    await ada.data(
        'mutation { deleteMe(password: "correct horse battery staple") }',
    )
    assert [await each.count({}) for each in kept] == [0, 0, 0, 0]
