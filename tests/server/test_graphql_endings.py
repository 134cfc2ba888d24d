"""How connections end: tokens that expire or are revoked, restarts, clients that are slow or go."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from server.sockets import Sockets
from tests.server.graphql_site import Site, Socket, Viewer, serving, until

EVENTS = {"accept": "text/event-stream"}


def token(name: str, seconds: float) -> str:
    """A token that expires in so many seconds."""
    return f"{name} until {(datetime.now(UTC) + timedelta(seconds=seconds)).timestamp()}"


@asynccontextmanager
async def listening(site: Site, params: object = None) -> AsyncIterator[Socket]:
    """A socket with a subscription that waits for its first event."""
    site.world.log.clear()
    async with site.socket(params) as socket:
        await socket.subscribe("1", "subscription {silent}")
        await until(lambda: "silent opened" in site.world.log)
        yield socket


@asynccontextmanager
async def streaming(site: Site, name: str) -> AsyncIterator[httpx.Response]:
    """An event stream that waits for its first event."""
    headers = {**EVENTS, "authorization": f"Bearer {name}"}
    body = {"query": "subscription {silent}"}
    async with site.http.stream("POST", site.url, json=body, headers=headers) as response:
        await until(lambda: "silent opened" in site.world.log)
        yield response


# Tokens


async def test_a_socket_whose_token_expires_is_closed_with_4403() -> None:
    async with serving() as site, site.raw_socket() as socket:
        await socket.send(type="connection_init", payload={"accessToken": token("ann", 0.2)})
        assert await socket.closed() == (4403, "Forbidden: the token has expired")


async def test_what_waits_ends_when_the_token_expires_that_a_socket_was_renewed_with() -> None:
    async with serving() as site, listening(site, {"accessToken": token("ann", 3600)}) as socket:
        await socket.send(type="ping", payload={"accessToken": token("ann", 0.2)})
        assert await socket.closed() == (4403, "Forbidden: the token has expired")
        await until(lambda: site.world.log[-1] == "silent closed")


async def test_a_token_that_has_expired_already_lets_nobody_stay() -> None:
    async with serving() as site, site.raw_socket() as socket:
        await socket.send(type="connection_init", payload={"accessToken": token("ann", -1)})
        assert (await socket.closed())[0] == 4403


async def test_a_ping_with_a_fresh_token_keeps_a_socket_open() -> None:
    """What waits goes on waiting, and later operations run as the renewed viewer.

    The fresh token comes on the heels of the one that expires: no host is too slow for that.
    """
    async with serving() as site, listening(site, {"accessToken": token("ann", 60)}) as socket:
        brief = {"accessToken": token("ann", 0.3)}
        payload = {"accessToken": token("ann", 3600)}
        await socket.send(type="ping", payload=brief)
        await socket.send(type="ping", payload=payload)
        assert await socket.receive() == {"type": "pong", "payload": brief}
        assert await socket.receive() == {"type": "pong", "payload": payload}
        await asyncio.sleep(0.4)  # the one between has to expire
        await socket.subscribe("2", "{viewer}")
        assert (await socket.receive())["payload"] == {"data": {"viewer": "ann"}}
        assert site.world.log == ["silent opened"]


@pytest.mark.parametrize("other", ["bob", "bad"])
async def test_a_ping_with_a_token_of_somebody_else_or_of_nobody_closes_the_socket(
    other: str,
) -> None:
    async with serving() as site, listening(site, {"accessToken": token("ann", 60)}) as socket:
        await socket.send(type="ping", payload={"authorization": f"Bearer {other}"})
        assert (await socket.closed())[0] == 4403


async def test_revoking_a_session_closes_its_connections_at_once_and_no_other() -> None:
    def is_ann(viewer: object) -> bool:
        assert isinstance(viewer, Viewer)
        return viewer.id == "ann"

    async with (
        serving() as site,
        listening(site, {"token": "ann"}) as anns,
        listening(site, {"token": "bob"}) as bobs,
        site.raw_socket(),
        streaming(site, "ann") as stream,
    ):
        sockets = site.edge.sockets
        await until(lambda: len(sockets) == 4)
        assert sockets.close_where(is_ann, reason="Forbidden: the session was revoked") == 2
        assert await anns.closed() == (4403, "Forbidden: the session was revoked")
        assert [line async for line in stream.aiter_lines()] == []
        await until(lambda: len(sockets) == 2)
        await bobs.send(type="ping")
        assert await bobs.receive() == {"type": "pong"}


# Restarts


async def test_a_restart_tells_every_client_to_come_again() -> None:
    """A stream of events ends without `complete`, so that a browser connects again."""
    async with (
        serving() as site,
        listening(site) as socket,
        site.raw_socket() as silent,
        streaming(site, "ann") as stream,
    ):
        assert await site.edge.sockets.close_all() == 0
        assert await socket.closed() == (1012, "Service Restart")
        assert await silent.closed() == (1012, "Service Restart")
        assert [line async for line in stream.aiter_lines()] == []
        assert site.world.log.count("silent closed") == 2


async def test_a_restart_does_not_wait_for_ever() -> None:
    class Stubborn:
        viewer = None

        def close(self, code: int, reason: str) -> None:
            self.told = code, reason

    sockets, stubborn = Sockets(), Stubborn()
    sockets.add(stubborn)
    assert await sockets.close_all(seconds=0.05) == 1
    assert stubborn.told == (1012, "Service Restart")
    sockets.remove(stubborn)
    assert await sockets.close_all(seconds=60) == 0


# Clients that go


@pytest.mark.parametrize("politely", [True, False])
async def test_nothing_outlives_a_client(politely: bool) -> None:
    """Whether it closes its socket, or just vanishes."""
    async with serving() as site:
        async with listening(site) as socket:
            await socket.subscribe("2", "{slow}")
            await until(lambda: site.world.contexts == 2)
            if not politely:
                socket.connection.transport.abort()
        await until(lambda: len(site.edge.sockets) == 0)
        await until(lambda: {"silent closed", "slow ended"} <= set(site.world.log))


async def test_a_stream_of_events_ends_with_its_client() -> None:
    async with serving() as site:
        async with streaming(site, "ann"):
            assert len(site.edge.sockets) == 1
        await until(lambda: site.world.log == ["silent opened", "silent closed"])
        await until(lambda: len(site.edge.sockets) == 0)


# Clients that are slow


@asynccontextmanager
async def by_hand(
    site: Site,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection whose reading can be left undone; it reads no more than it is asked to."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port, limit=1024)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def subscribe_by_hand(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Shakes hands, and asks for more than the buffers of a connection hold."""
    writer.write(
        b"GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n"
        b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    query = "subscription {forever(size: 100000)}"
    writer.write(frame(type="connection_init"))
    writer.write(frame(id="1", type="subscribe", payload={"query": query}))


def frame(**message: Any) -> bytes:
    """A text frame as clients mask it, here with zeros."""
    text = json.dumps(message).encode()
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


async def test_a_client_that_does_not_read_is_closed_with_1013() -> None:
    """Nothing is kept for it beyond the buffers of the connection."""
    async with serving(send_seconds=0.3) as site, by_hand(site) as (reader, writer):
        await subscribe_by_hand(reader, writer)
        await until(lambda: site.world.log == ["forever closed"])
        contexts = site.world.contexts
        everything = b""
        async with asyncio.timeout(10):
            while not everything.endswith(b"\x03\xf5Too slow: messages were not read in time"):
                everything += await reader.read(65536)
        assert len(everything) > (contexts - 3) * 100_000
        await until(lambda: len(site.edge.sockets) == 0)


async def test_a_client_that_never_reads_again_is_let_go() -> None:
    """It can't be told why, since it doesn't take what tells it."""
    async with serving(send_seconds=0.2) as site, by_hand(site) as (reader, writer):
        await subscribe_by_hand(reader, writer)
        await until(lambda: site.world.log == ["forever closed"])
        await until(lambda: len(site.edge.sockets) == 0)


async def test_a_client_that_reads_slowly_but_steadily_is_not_closed() -> None:
    """Something always waits to be sent, of one operation or the other, but some of it goes."""
    async with serving(send_seconds=1) as site, site.socket() as socket:
        for id in "ab":
            await socket.subscribe(id, "subscription {forever(size: 300000)}")
        loop = asyncio.get_running_loop()
        end = loop.time() + 2
        while loop.time() < end:
            assert (await socket.receive())["type"] == "next"
            await asyncio.sleep(0.05)  # the client takes its time
        assert len(site.edge.sockets) == 1
        socket.connection.transport.abort()  # to say goodbye it would have to read all that waits


async def test_a_source_that_overruns_its_listener_closes_the_socket_with_its_own_code() -> None:
    async with serving() as site, site.socket() as socket:
        await socket.subscribe("1", "subscription {overrun}")
        assert await socket.closed() == (1013, "Events came faster than they were read.")


async def test_an_event_stream_that_is_not_read_is_dropped() -> None:
    async with serving(send_seconds=0.2) as site, by_hand(site) as (_, writer):
        query = b"?query=subscription{forever(size:100000)}"
        writer.write(
            b"GET /graphql" + query + b" HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n"
        )
        await until(lambda: site.world.log == ["forever closed"])
        await until(lambda: len(site.edge.sockets) == 0)
        assert site.world.reported == []
