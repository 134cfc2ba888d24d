"""`serve --workers`: several processes are one server, and none of them is missed when it dies."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.streams import Streams
from server.engines import EngineUrls
from tests.client import Client, Socket
from tests.resolvers.test_content import write
from tests.server.processes import Command, one_sentence, running, until
from tests.server.test_metrics import scrape
from tests.subscriptions.test_content import PUBLISHED, publish

pytestmark = pytest.mark.timeout(150)


@pytest.fixture
def elsewhere(engines: EngineUrls, name: str, mongo: Mongo, redis: Redis) -> dict[str, str]:
    """Settings of a server on engines that it does not own."""
    return {
        "MONGODB_URL": engines.mongodb,
        "REDIS_URL": engines.redis,
        "MONGODB_DATABASE": name,
        "REDIS_NAMESPACE": name,
        "ENGINE_TIMEOUT_SECONDS": "5",
        "REDELIVERY_SECONDS": "2",
    }


def processes(server: Command) -> list[int]:
    """Those that serve, as the system lists them."""
    asked = ["pgrep", "-f", "-P", str(server.process.pid), "spawn_main"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return sorted(int(pid) for pid in found.split())


async def ready(url: str, alive: int) -> None:
    """Wait until the server says that so many processes serve."""
    async with asyncio.timeout(40), httpx.AsyncClient() as http:
        while True:
            checks = (await http.get(f"{url}/health/ready")).json()["checks"]
            if checks["processes"] == {"status": "ok", "alive": alive, "wanted": alive}:
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def somebody(server: Command) -> AsyncIterator[Client]:
    """A person with an account. Their subscriptions begin at a cursor, so nobody waits for them."""
    counter = itertools.count()
    async with httpx.AsyncClient(timeout=20) as http:
        client = Client(server.url, http, listening=lambda: next(counter))
        yield await client.register("ada@example.com")


@asynccontextmanager
async def sockets_on_both(ada: Client) -> AsyncIterator[list[Socket]]:
    """Sockets, enough that each of two processes has some."""
    async with AsyncExitStack() as stack:
        found: list[Socket] = []
        for _ in range(100):
            found += [await stack.enter_async_context(ada.socket()) for _ in range(2)]
            page = await scrape(ada.url)
            if all(page.value("brandgraph_sockets", process=str(n)) for n in range(2)):
                assert page.value("brandgraph_sockets") == len(found)
                break
        else:
            raise AssertionError("one process took all connections")
        yield found


async def test_two_processes_are_one_server_and_one_that_is_killed_is_not_missed(
    tmp_path: Path, elsewhere: dict[str, str], redis: Redis
) -> None:
    with running(tmp_path, "serve", "--workers", "2", **elsewhere) as server:
        async with somebody(server) as ada:
            assert "Processes 2" in " ".join(server.said.split())
            await ready(ada.url, 2)
            async with sockets_on_both(ada) as sockets:
                await counted_together(ada, sockets)
                await told_together(ada, sockets, server, redis)
            until(lambda: "SIGKILL" in server.said)
            await ready(ada.url, 2)
            async with sockets_on_both(ada) as sockets:
                server.process.send_signal(signal.SIGTERM)
                await told_to_come_back(sockets)
        assert await asyncio.to_thread(server.ended) == 0
        assert server.said.count("Stopping: finishing what runs.") == 1


async def counted_together(ada: Client, sockets: list[Socket]) -> None:
    """The numbers are those of all processes, whichever is asked."""
    for socket in sockets:
        query = {"query": "query Counted { __typename }"}
        await socket.send({"type": "subscribe", "id": "counted", "payload": query})
        assert (await socket.receive())["type"] == "next"
        assert (await socket.receive())["type"] == "complete"
    for page in [await scrape(ada.url) for _ in range(4)]:
        counted = {"operation": "Counted", "code": "OK"}
        assert page.value("brandgraph_operations_total", **counted) == len(sockets)
        for one in ("0", "1"):
            alone = page.value("brandgraph_operations_total", **counted, process=one)
            assert 0 < alone < len(sockets)
            assert page.value("process_resident_memory_bytes", process=one) > 0
        assert page.value("brandgraph_processes") == 2
        assert page.value("brandgraph_workers") == 2
        assert len([each for each in page.families if each.name == "brandgraph_sockets"]) == 1


async def told_together(ada: Client, sockets: list[Socket], server: Command, redis: Redis) -> None:
    """An event arrives at every socket; and when a process dies, at those of the others."""
    made = await write(ada)
    now = {"userId": ada.user_id, "after": await Streams(redis).stand(f"user:{ada.user_id}")}
    streams = [await each.subscribe(PUBLISHED, **now) for each in sockets]
    await publish(ada, made["id"])
    for stream in streams:
        assert (await stream.next()).data["contentPublished"]["id"] == made["id"]

    os.kill(processes(server)[0], signal.SIGKILL)
    async with httpx.AsyncClient(timeout=20) as fresh:
        later = Client(ada.url, fresh, ada.token)
        again = await write(later, "After the kill")
        for _ in range(20):
            await later.data("query Meanwhile { __typename }")
        await publish(later, again["id"])
    heard = 0
    for stream in streams:
        try:
            answer = await stream.next()
        except ConnectionClosed:
            continue
        assert answer.data["contentPublished"]["id"] == again["id"]
        heard += 1
    assert 0 < heard < len(streams)


async def told_to_come_back(sockets: list[Socket]) -> None:
    """Whoever is connected is told to connect again."""
    for socket in sockets:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012


async def test_processes_end_when_their_parent_was_killed(
    tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    with running(tmp_path, "serve", "--workers", "2", **elsewhere) as server:
        url, left = server.url, processes(server)
        assert len(left) == 2
        os.kill(server.process.pid, signal.SIGKILL)
        async with httpx.AsyncClient() as http, asyncio.timeout(40):
            while True:
                try:
                    await http.get(f"{url}/health/live")
                except httpx.TransportError:
                    break
                await asyncio.sleep(0.05)


def test_what_no_process_can_use_is_told_in_one_sentence(
    tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    wrong = {**elsewhere, "TRUSTED_DOCUMENTS": "nowhere.json"}
    with running(tmp_path, "serve", "--workers", "2", **wrong) as server:
        assert server.ended() == 78
        assert "nowhere.json cannot be read" in one_sentence(server.said)
