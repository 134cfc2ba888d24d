"""One engine, or the worker, is stopped: told within two seconds, refused fast, and then all works.

What hangs instead of stopping is in `test_outages.py` and `test_health.py`.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import Engines, EngineUrls
from server.settings import Settings
from tests.client import Client, http_client
from tests.conftest import Running, serving, settings_for
from tests.pace import paced
from tests.resolvers.test_content import CREATE, LIST, write
from tests.server.processes import Zygote
from tests.subscriptions.test_content import CHANGED, PUBLISHED, publish

SHOWN_WITHIN = 2.0
AT_ONCE = 2.0
"""Seconds for a refusal: the server's patience with an engine is one."""
BACK_WITHIN = 40.0
NEVER_NEEDED_AN_ENGINE = "{ __typename }"
HOME = "{ workspaces(first: 1) { edges { node { id } } } }"


async def health(client: Client) -> tuple[int, str, dict[str, str]]:
    """The status of /health/ready, what it says, and of each part."""
    response = await client.http.get(f"{client.url}/health/ready")
    told = response.json()
    parts = {name: part["status"] for name, part in told["checks"].items()}
    return response.status_code, told["status"], parts


async def shows(client: Client, part: str, status: str) -> None:
    """Wait until health says so of a part; within two seconds."""
    async with paced() as pace:
        while (await health(client))[2][part] != status:
            assert pace.seconds < SHOWN_WITHIN, f"{part} is not {status} yet"
    assert pace.seconds < SHOWN_WITHIN


async def well(client: Client) -> None:
    """Wait until every part is."""
    async with asyncio.timeout(BACK_WITHIN):
        while (await health(client))[1] != "ok":
            pass


async def refused(client: Client, query: str, **variables: Any) -> None:
    """See that it is refused with UNAVAILABLE, fast."""
    async with paced() as pace:
        answer = await client.run(query, **variables)
    assert answer.code == "UNAVAILABLE", answer.body
    assert answer.error["extensions"]["retryAfter"] > 0
    assert pace.seconds < AT_ONCE


@dataclass
class Apart:
    """A server on two engines, of which either may be stopped."""

    engines: dict[str, Engines]
    running: Running
    ada: Client
    home: str = ""

    async def stop(self, name: str) -> None:
        """Stop one."""
        await asyncio.to_thread(self.engines[name].stop)

    async def start(self, name: str) -> None:
        """Start it again."""
        await asyncio.to_thread(self.engines[name].start)


@pytest.fixture
async def apart(memory: Path) -> AsyncIterator[Apart]:
    """That server, with an account, well in all its parts."""
    engines = {
        "mongodb": Engines(memory / "m", valkey=False),
        "redis": Engines(memory / "r", mongod=False),
    }
    try:
        urls = EngineUrls(engines["mongodb"].start().mongodb, engines["redis"].start().redis)
        async with (
            serving(settings_for(urls, "apart", memory)) as server,
            http_client(timeout=20) as http,
        ):
            nobody = Client(server.url, http, listening=lambda: server.backend.events.listening)
            ada = await nobody.register("ada@example.com")
            await well(ada)
            yield Apart(engines, server, ada)
    finally:
        for each in engines.values():
            each.stop()


async def test_an_engine_that_is_stopped_shows_is_refused_and_is_found_again(
    apart: Apart,
) -> None:
    """The one, and then the other, of the same server."""
    await stopped_and_started(apart, "mongodb", "redis")
    await stopped_and_started(apart, "redis", "mongodb")


async def stopped_and_started(apart: Apart, gone: str, other: str) -> None:
    """A socket that was open stays open, and is told what happens once all is well again."""
    ada = apart.ada
    [home] = (await ada.data(HOME))["workspaces"]["edges"]
    before = {each["id"] for each in (await ada.data(LIST))["contents"]}
    async with ada.socket() as socket:
        changes = await socket.subscribe(CHANGED, id=home["node"]["id"])
        kept = await write(ada, "Before")
        assert (await changes.next(BACK_WITHIN)).data["contentChanged"]["contentId"] == kept["id"]
        await apart.stop(gone)

        await shows(ada, gone, "unavailable")
        status, _, parts = await health(ada)
        assert (status, parts[other]) == (503, "ok")
        await refused(ada, LIST)
        await refused(ada, CREATE, input={"type": "POST", "body": "Lost?"})
        stranger = await ada.with_token(None).run(NEVER_NEEDED_AN_ENGINE)
        assert stranger.data == {"__typename": "Query"}
        assert (await ada.http.get(f"{ada.url}/health/live")).status_code == 200
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}

        await apart.start(gone)
        await well(ada)
        made = await write(ada, "After")
        event = await changes.next(BACK_WITHIN)
        assert event.data["contentChanged"]["contentId"] == made["id"]
        stream = await socket.subscribe(PUBLISHED, userId=ada.user_id)
        await publish(ada, made["id"])  # the worker is well again, too
        found: list[Any] = []
        async with asyncio.timeout(BACK_WITHIN):
            while not found or "contentPublished" not in found[-1]["payload"]["data"]:
                found.append(await socket.receive(BACK_WITHIN))
        assert found[-1]["id"] == stream._id
    left = {each["id"] for each in (await ada.data(LIST))["contents"]}
    assert {kept["id"], made["id"]} == left - before


async def test_a_worker_that_is_killed_shows_and_a_new_one_does_what_was_left(
    engines: EngineUrls,
    settings: Settings,
    mongo: Mongo,
    redis: Redis,
    name: str,
    tmp_path: Path,
    forked: Zygote,
) -> None:
    """Requests are answered all the time: a load balancer has nothing to take away."""
    on = {
        "MONGODB_URL": engines.mongodb,
        "MONGODB_DATABASE": name,
        "REDIS_URL": engines.redis,
        "REDIS_NAMESPACE": name,
        "AUTH_KEYS": "test:" + "k" * 32,
        "PUBLIC_URL": settings.public_url,
        "REDELIVERY_SECONDS": "2",
    }
    async with (
        serving(replace(settings, worker=False)) as server,
        http_client(timeout=20) as http,
    ):
        nobody = Client(server.url, http, listening=lambda: server.backend.events.listening)
        ada = await nobody.register("ada@example.com")
        with forked(tmp_path, "worker", **on) as first:
            await well(ada)
            os.killpg(first.process.pid, signal.SIGKILL)
            await shows(ada, "worker", "degraded")
        assert (await health(ada))[:2] == (200, "degraded")
        made = await write(ada, "While nobody works")
        async with ada.socket() as socket:
            stream = await socket.subscribe(PUBLISHED, userId=ada.user_id)
            await publish(ada, made["id"])
            with forked(tmp_path, "worker", **on) as second:
                event = await stream.next(BACK_WITHIN)
                assert event.data["contentPublished"]["id"] == made["id"]
                await well(ada)
                assert second.stop() == 0
