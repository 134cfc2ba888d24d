"""Events that many follow: answered once, to each what is theirs, and nobody waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.serving import uvicorn_config
from server.settings import Settings
from server.wire import wire_of
from tests.client import Client, Stream
from tests.conftest import Running, serving
from tests.prompt import Prompt
from tests.resolvers.team import join, workspace
from tests.resolvers.test_content import UPDATE, write
from tests.subscriptions.test_resume import WATCH, tell

ROLES = """
subscription Roles($id: ID!) {
  contentChanged(workspaceId: $id) { content { title workspace { viewerRole } } }
}
"""
BODIES = """
subscription Bodies($id: ID!) { contentChanged(workspaceId: $id) { content { version body } } }
"""
TITLES = """
subscription Titles($id: ID!, $no: Boolean!) {
  contentChanged(workspaceId: $id) { content { title version @skip(if: $no) } }
}
"""
LAST = f"cnt_{999_999:026}"


def audiences(server: Running) -> int:
    """How many audiences there are."""
    return len(server.app.state.edge.audiences)


@pytest.fixture(params=["wired", "by ASGI alone"])
async def either(
    request: pytest.FixtureRequest, settings: Settings, mongo: Mongo, redis: Redis
) -> AsyncIterator[Running]:
    """A server that writes to transports, and one that is given none."""
    running = Running(settings)
    if request.param != "wired":
        config = uvicorn_config(settings, running.app)
        config.ws = "websockets-sansio"
        running.server = Prompt(config)
    async with serving(settings, running) as served:
        yield served


@pytest.fixture
async def either_ada(either: Running) -> AsyncIterator[Client]:
    """A person with an account there."""
    async with httpx.AsyncClient(timeout=20) as http:
        client = Client(either.url, http, listening=lambda: either.backend.events.listening)
        yield await client.register("ada@example.com")


async def test_all_who_ask_the_same_are_one_audience_and_each_has_its_own_id(
    either: Running, either_ada: Client
) -> None:
    """Over WebSockets with or without their transport at hand."""
    ada = either_ada
    made = await write(ada, "Before")
    home = made["workspace"]["id"]
    async with AsyncExitStack() as stack:
        streams: list[Stream] = []
        for _ in range(3):
            socket = await stack.enter_async_context(ada.socket())
            streams += [await socket.subscribe(WATCH, id=home) for _ in range(2)]
        assert audiences(either) == 1
        await ada.data(UPDATE, id=made["id"], version=1, input={"title": "After"})
        for socket_number in range(3):
            pair = streams[2 * socket_number : 2 * socket_number + 2]
            heard = [await pair[0]._socket.receive() for _ in pair]
            assert [each["id"] for each in heard] == ["1", "2"]
            assert heard[0]["payload"] == heard[1]["payload"]
            assert heard[0]["payload"]["data"]["contentChanged"]["contentId"] == made["id"]
    async with asyncio.timeout(40):
        while audiences(either):  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_what_depends_on_who_asks_is_answered_for_each(
    server: Running, ada: Client, bob: Client
) -> None:
    """In the same audience, without anything that says that this field is such a one."""
    home = (await workspace(ada))["id"]
    await join(ada, home, bob, "VIEWER")
    async with ada.socket() as adas, bob.socket() as bobs:
        streams = [await each.subscribe(ROLES, id=home) for each in (adas, bobs, adas)]
        assert audiences(server) == 1
        for title in ("One", "Two"):
            await write(ada, title, workspaceId=home)
            told = [(await each.next()).data["contentChanged"]["content"] for each in streams]
            assert [each["title"] for each in told] == [title] * 3
            roles = [each["workspace"]["viewerRole"] for each in told]
            assert roles == ["OWNER", "VIEWER", "OWNER"]


async def test_variables_that_an_answer_depends_on_tell_audiences_apart(
    server: Running, ada: Client
) -> None:
    home = (await workspace(ada))["id"]
    async with ada.socket() as socket, ada.socket() as other:
        long = await socket.subscribe(TITLES, id=home, no=False)
        short = await other.subscribe(TITLES, id=home, no=True)
        assert audiences(server) == 2
        await write(ada, "One", workspaceId=home)
        assert (await long.next()).data["contentChanged"]["content"] == {
            "title": "One", "version": 1,
        }  # fmt: skip
        assert (await short.next()).data["contentChanged"]["content"] == {"title": "One"}


async def followed(client: Client, home: str, after: str | None) -> list[str]:
    """What a subscriber is told, from when it comes until the last event of all."""
    async with client.socket() as socket:
        payload = {"query": WATCH, "variables": {"id": home, "after": after}}
        await socket.send({"id": "of mine", "type": "subscribe", "payload": payload})
        had: list[str] = []
        while LAST not in had[-1:]:
            message = await socket.receive(30)
            assert (message["id"], message["type"]) == ("of mine", "next")
            had.append(message["payload"]["data"]["contentChanged"]["contentId"])
        return had


async def test_whoever_comes_while_events_flow_has_each_once_and_in_order_from_there_on(
    server: Running, ada: Client
) -> None:
    """From now on, or from a cursor; most begin alone, and are handed over on the way."""
    home = (await workspace(ada))["id"]
    start = await server.backend.services.events.cursor(f"workspace:{home}")
    coming: list[asyncio.Task[list[str]]] = []
    for number in range(18):
        await tell(server, home, range(20 * number, 20 * number + 20))
        after = start if number % 3 == 2 else None
        coming.append(asyncio.create_task(followed(ada, home, after)))
    async with asyncio.timeout(40):
        while server.backend.events.listening < len(coming):  # noqa: ASYNC110
            await asyncio.sleep(0)
    await tell(server, home, range(999_999, 1_000_000))
    all_told = [f"cnt_{number:026}" for number in range(360)] + [LAST]
    for number, had in enumerate(await asyncio.gather(*coming)):
        assert had == all_told[-len(had) :]
        assert number % 3 != 2 or len(had) == 361
    async with asyncio.timeout(40):
        while audiences(server):  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_those_who_came_from_a_cursor_join_the_others_when_they_have_caught_up(
    server: Running, ada: Client
) -> None:
    made = await write(ada, "Zero")
    home = made["workspace"]["id"]
    async with ada.socket() as socket, ada.socket() as late:
        first = await socket.subscribe(WATCH, id=home)
        await write(ada, "One")
        cursor = (await first.next()).body["extensions"]["cursor"]
        await write(ada, "Two")
        await first.next()
        behind = await late.subscribe(WATCH, id=home, after=cursor)
        await behind.next()
        listeners = server.backend.events._hub._topics[f"workspace:{home}"].listeners
        async with asyncio.timeout(40):
            while len(listeners) > 1:  # noqa: ASYNC110
                await asyncio.sleep(0)
        await write(ada, "Three")
        one, other = await first.next(), await behind.next()
        assert one.body == other.body


async def test_a_client_that_reads_slowly_is_cut_off_and_holds_up_nobody(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    """It is told why, after an unbroken run of what came first."""
    strict = replace(settings, subscriber_queue=8)
    async with serving(strict) as server, httpx.AsyncClient(timeout=20) as http:
        events = server.backend.events
        client = Client(server.url, http, listening=lambda: events.listening)
        ada = await client.register("ada@example.com")
        made = await write(ada, "Long", body="x" * 100_000)
        home = made["workspace"]["id"]
        async with ada.socket() as quick, ada.socket(ping_interval=None) as slow:
            stream = await quick.subscribe(BODIES, id=home)
            await slow.subscribe(BODIES, id=home)
            slow.connection.transport.pause_reading()
            had: list[str] = []
            while events.listening == 2:
                await again(server, home, made["id"], 6)
                had += [(await stream.next()).body["extensions"]["cursor"] for _ in range(6)]
            slow.connection.transport.resume_reading()
            told, closed = await until_closed(slow)
        assert told == had[: len(told)]
        assert 0 < len(told) < len(had)
        assert closed.rcvd is not None
        assert closed.rcvd.code == 1013
        assert "More than 8 events" in closed.rcvd.reason


async def again(server: Running, home: str, piece: str, count: int) -> None:
    """So many events about the piece, of one change."""

    async def change() -> None:
        for _ in range(count):
            await server.backend.services.events.record(
                "content.updated",
                topics=[f"workspace:{home}"],
                subject=piece,
                workspace_id=home,
            )

    await server.backend.mongo.transact(change)


async def until_closed(socket: Any) -> tuple[list[str], ConnectionClosed]:
    """The cursors of what was still told, and the end."""
    told: list[str] = []
    try:
        while True:
            told.append((await socket.receive(30))["payload"]["extensions"]["cursor"])
    except ConnectionClosed as closed:
        return told, closed


async def test_streams_of_server_sent_events_are_in_the_same_audience_as_sockets(
    server: Running, ada: Client
) -> None:
    made = await write(ada, "Before")
    home = made["workspace"]["id"]
    async with ada.socket() as socket:
        stream = await socket.subscribe(WATCH, id=home)
        before = ada.listening()
        first = asyncio.create_task(ada.first_event(WATCH, id=home))
        await ada.listened(before)
        assert audiences(server) == 1
        other = Client(ada.url, httpx.AsyncClient(timeout=20), ada.token)
        await other.data(UPDATE, id=made["id"], version=1, input={"title": "After"})
        assert (await first).body == (await stream.next()).body
        await other.http.aclose()
        async with asyncio.timeout(40):
            while ada.listening() > before:  # noqa: ASYNC110
                await asyncio.sleep(0)


async def test_the_server_hands_us_the_transports_of_sockets(settings: Settings) -> None:
    """If this fails, uvicorn has changed: deliveries still work, at half the speed."""
    found: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append(wire_of(scope))
        await receive()
        await send({"type": "websocket.close"})

    config = uvicorn_config(replace(settings), app)  # type: ignore[arg-type]
    config.lifespan = "off"
    running = Running(settings)
    running.server = Prompt(config)
    task = asyncio.create_task(running.serve())
    await running.server.up.wait()
    async with httpx.AsyncClient() as http:
        headers = {
            "connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        }  # fmt: skip
        await http.get(running.url, headers=headers)
    running.server.should_exit = True
    await task
    (wire,) = found
    assert wire is not None
    assert wire.get_write_buffer_size() == 0
    assert callable(wire.write)
    assert callable(wire.is_closing)
