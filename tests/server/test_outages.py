"""Engines that go away: refused at once with UNAVAILABLE, and all back without a restart."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.engines import Engines
from tests.client import Client, http_client
from tests.conftest import Running, serving, settings_for
from tests.pace import paced
from tests.resolvers.test_content import CREATE, LIST, UPDATE, write

AT_ONCE = 3.5
"""Seconds: half a one until the driver looks, the server's patience of one with that look, another
one until no other engine was found, and some for the way."""


@dataclass
class Fragile:
    """A server on engines that this test may stop."""

    engines: Engines
    running: Running
    ada: Client

    @contextmanager
    def frozen(self, pid: int) -> Iterator[None]:
        """That engine does not answer within the block."""
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    async def refused(self, query: str, **variables: Any) -> None:
        """See that an operation is refused with UNAVAILABLE, soon."""
        async with paced() as pace:
            answer = await self.ada.run(query, **variables)
        assert answer.code == "UNAVAILABLE", answer.body
        assert answer.error["extensions"]["retryAfter"] > 0
        assert pace.seconds < AT_ONCE

    async def recovers(self) -> None:
        """Wait until reading works again."""
        async with asyncio.timeout(40):
            while await self.ada.code(LIST):
                pass

    async def ready(self) -> tuple[int, dict[str, str]]:
        """The status of /health/ready, and of each part."""
        response = await self.ada.http.get(f"{self.ada.url}/health/ready")
        checks = response.json()["checks"]
        return response.status_code, {name: part["status"] for name, part in checks.items()}


@pytest.fixture
async def fragile(memory: Path) -> AsyncIterator[Fragile]:
    """A server on engines of its own, with an account."""
    engines = Engines(memory / "engines")
    try:
        urls = engines.start()
        async with (
            serving(settings_for(urls, "fragile", memory)) as running,
            http_client(timeout=20) as http,
        ):
            ada = await Client(running.url, http).register("ada@example.com")
            yield Fragile(engines, running, ada)
    finally:
        engines.stop()


async def test_without_a_database_everything_is_refused_at_once_and_then_works_again(
    fragile: Fragile,
) -> None:
    """mongod hangs: reads and writes are UNAVAILABLE, health says so, no restart is needed."""
    made = await write(fragile.ada)
    with fragile.frozen(fragile.engines.mongod_pid):
        await fragile.refused(LIST)
        await fragile.refused(UPDATE, id=made["id"], version=1, input={"body": "Lost?"})
        status, parts = await fragile.ready()
        assert status == 503
        assert parts["mongodb"] == "unavailable"
        assert parts["redis"] == "ok"
    await fragile.recovers()
    assert (await fragile.ready())[0] == 200


async def test_without_redis_nobody_is_let_in_and_then_all_are_again(fragile: Fragile) -> None:
    """Whether a session was ended cannot be known: better no answer than a wrong one."""
    with fragile.frozen(fragile.engines.valkey_pid):
        await fragile.refused(LIST)
        await fragile.refused(CREATE, input={"type": "POST", "body": "Lost?"})
        status, parts = await fragile.ready()
        assert status == 503
        assert parts["redis"] == "unavailable"
    await fragile.recovers()


async def test_engines_that_were_stopped_and_started_are_found_again(fragile: Fragile) -> None:
    """Both go and come back; what was acknowledged is there, and writing works."""
    made = await write(fragile.ada, "Kept")
    await asyncio.to_thread(fragile.engines.stop)
    await fragile.refused(LIST)
    await asyncio.to_thread(fragile.engines.start)
    await fragile.recovers()
    found = (await fragile.ada.data(LIST))["contents"]
    assert [piece["id"] for piece in found] == [made["id"]]
    await write(fragile.ada, "And on it goes")
