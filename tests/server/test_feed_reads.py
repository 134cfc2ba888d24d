"""The feed counts its own reads: those of people, once each, and nothing about who they are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from datasources.failures import Unavailable
from tests.client import Client
from tests.conftest import Running
from tests.resolvers.test_erasure import write

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
COUNTS = """query C($id: ID!) { contentAnalytics(id: $id) {
  totals { impressions engagement engagementRate } counts { metric value } } }"""
TARGETS = "query T($id: ID!) { content(id: $id) { workspace { id } targets { externalUrl } } }"


@pytest.fixture
async def pages(server: Running, ada: Client) -> tuple[str, str, str]:
    """A published piece: its id, the path of its page, and that of the feed's."""
    id = await write(ada, "Notes")
    found = (await ada.data(TARGETS, id=id))["content"]
    path = found["targets"][0]["externalUrl"].removeprefix("https://brandgraph.test")
    return id, path, f"/feeds/{found['workspace']['id']}"


async def get(client: Client, path: str, method: str = "GET", **headers: str) -> Any:
    """Ask for a page."""
    sent = {
        "user-agent": BROWSER,
        **{name.replace("_", "-"): each for name, each in headers.items()},
    }
    return await client.http.request(method, f"{client.url}{path}", headers=sent)


async def counted(server: Running, client: Client, id: str) -> dict[str, int]:
    """What has been counted, once it is folded in."""
    await server.backend.services.feed_reads.fold()
    shown = (await client.data(COUNTS, id=id))["contentAnalytics"]
    return {each["metric"]: each["value"] for each in shown["counts"]}


async def counting(server: Running) -> None:
    """Wait until a look was counted."""
    redis = server.backend.redis
    async with asyncio.timeout(40):
        while not await redis.client.exists(redis.key("reads")):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def check(server: Running, client: Client, id: str, **expected: int) -> None:
    """That so much has been counted, which follows the reply, and no more."""
    async with asyncio.timeout(40):
        while await counted(server, client, id) != expected:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await counted(server, client, id) == expected


async def test_opening_a_piece_is_a_read_and_seeing_it_in_the_feed_is_an_impression(
    server: Running, ada: Client, pages: tuple[str, str, str]
) -> None:
    id, page, index = pages
    for path in (page, page, index):
        assert (await get(ada, path)).status_code == 200
    await check(server, ada, id, READS=2, IMPRESSIONS=3)
    await get(ada, page)
    await check(server, ada, id, READS=3, IMPRESSIONS=4)


async def test_robots_feed_readers_and_repeated_looks_are_not_counted(
    server: Running, ada: Client, pages: tuple[str, str, str]
) -> None:
    id, page, index = pages
    etag = (await get(ada, page)).headers["etag"]
    assert (await get(ada, page, if_none_match=etag)).status_code == 304
    await get(ada, page, "HEAD")
    await get(ada, page, user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    await get(ada, page, user_agent="curl/8.5")
    await get(ada, page, user_agent="")
    await get(ada, page, sec_purpose="prefetch")
    for name in ("rss.xml", "atom.xml", "feed.json"):
        await get(ada, f"{index}/{name}")
    await get(ada, f"{page}x")
    await check(server, ada, id, READS=1, IMPRESSIONS=1)


async def test_nothing_of_a_reader_is_kept(
    server: Running, ada: Client, pages: tuple[str, str, str]
) -> None:
    """What is counted is named by the workspace, the piece and the metric, and by nothing else."""
    id, page, index = pages
    home = index.rpartition("/")[2]
    redis = server.backend.redis
    reply = await get(ada, page)
    assert "set-cookie" not in reply.headers
    found: set[str] = set()
    async with asyncio.timeout(40):
        while not found:
            keys = [key async for key in redis.client.scan_iter(redis.key("reads*"))]
            hashes = [key for key in keys if not key.endswith("taken")]
            found = {str(field) for key in hashes for field in await redis.client.hkeys(key)}
            if await counted(server, ada, id):
                break
    assert found <= {f"{home}|{id}|IMPRESSIONS", f"{home}|{id}|READS"}


async def test_a_batch_that_was_written_down_before_a_crash_is_not_counted_twice(
    server: Running,
    ada: Client,
    pages: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The worker dies between the write and the dropping of the batch."""
    id, page, _ = pages
    await get(ada, page)
    await counting(server)
    reads = server.backend.services.feed_reads
    with monkeypatch.context() as broken:

        async def die(_: str) -> None:
            raise Unavailable("cache")

        broken.setattr(reads._reads, "drop", die)
        with pytest.raises(Unavailable):
            await reads.fold()
    assert await counted(server, ada, id) == {"READS": 1, "IMPRESSIONS": 1}
    assert await counted(server, ada, id) == {"READS": 1, "IMPRESSIONS": 1}
