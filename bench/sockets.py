"""Many sockets that subscribe and count what arrives, in one process and on one thread."""

from __future__ import annotations

import asyncio
import itertools
import time
from array import array
from collections.abc import Sequence
from functools import partial
from typing import cast

import orjson

from bench.frames import CLOSE, PING, TEXT, handshake, masked_frame, read_frames
from bench.processes import BenchError

PROTOCOL = "graphql-transport-ws"
NEXT = b'"type":"next"'
ACKNOWLEDGED = b"connection_ack"
AT_ONCE = 50
CONNECT_MAY_TAKE = 60.0


class Crowd:
    """All sockets on one server; each says the next of `inits` first.

    `delays` are the seconds from an event's publication to each of its arrivals, in no order.
    """

    def __init__(self, port: int, inits: Sequence[bytes], subscribe: bytes) -> None:
        self.port = port
        self.inits = itertools.cycle([masked_frame(init) for init in inits])
        self.subscribe = masked_frame(subscribe)
        self.sockets: list[Socket] = []
        self.published: list[float] = []
        self.missing: list[int] = []
        self.expected: list[bytes] = []
        self.delays = array("d")
        self.arrived = asyncio.Event()
        self.broken: BenchError | None = None
        self.closing = False
        self.strict = False

    async def connect(self, count: int) -> None:
        """So many more sockets, subscribed as far as can be told."""
        loop = asyncio.get_running_loop()
        for start in range(0, count, AT_ONCE):
            made = [Socket(self) for _ in range(min(AT_ONCE, count - start))]
            for each in made:
                await loop.create_connection(partial(same, each), "127.0.0.1", self.port)
            self.sockets += made
            await asyncio.wait([each.acknowledged for each in made], timeout=CONNECT_MAY_TAKE)
            self.check()
            if not all(each.acknowledged.done() for each in made):
                raise BenchError("A socket was not acknowledged.")

    def begin(self, *, strict: bool = True) -> None:
        """Count from nought. Unless `strict`, an event that is not due is passed over: it is one
        from before.
        """
        self.strict = strict
        self.published.clear()
        self.missing.clear()
        self.expected.clear()
        self.delays = array("d")
        for each in self.sockets:
            each.count = 0

    def publishing(self, marker: bytes) -> None:
        """An event that contains `marker` leaves now."""
        self.expected.append(marker)
        self.missing.append(len(self.sockets))
        self.published.append(time.perf_counter())

    def take(self, socket: Socket, data: bytes, start: int, end: int, now: float) -> None:
        """Count an event."""
        number = socket.count
        due = number < len(self.expected)
        if not due or data.find(self.expected[number], start, end) < 0:
            if self.strict:
                self.fail(f"Event {number} is not the one due: {data[start:end].decode()}")
            return
        socket.count = number + 1
        self.delays.append(now - self.published[number])
        self.missing[number] -= 1
        if not self.missing[number]:
            self.arrived.set()

    def fail(self, why: str) -> None:
        """Note that the figures are worth nothing."""
        if not self.closing:
            self.broken = self.broken or BenchError(why)
            self.arrived.set()

    async def all_have(self, number: int, seconds: float) -> None:
        """Return when every socket had the event of that number; BenchError where one did not."""
        deadline = time.perf_counter() + seconds
        while self.missing[number]:
            self.check()
            self.arrived.clear()
            left = deadline - time.perf_counter()
            if left <= 0:
                raise BenchError(f"Event {number} did not reach {self.missing[number]} sockets.")
            try:
                async with asyncio.timeout(left):
                    await self.arrived.wait()
            except TimeoutError:
                continue

    def check(self) -> None:
        """Raise what went wrong."""
        if self.broken is not None:
            raise self.broken

    async def close(self) -> None:
        """Leave."""
        self.closing = True
        for each in self.sockets:
            each.transport.close()
        if self.sockets:
            await asyncio.wait([each.closed for each in self.sockets])


class Socket(asyncio.Protocol):
    """One WebSocket: handshake, `connection_init`, `subscribe`, and then it counts."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.count = 0
        self.rest = b""
        self.greeted = False
        self.now = 0.0
        loop = asyncio.get_running_loop()
        self.acknowledged: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport = cast(asyncio.Transport, transport)
        host = f"127.0.0.1:{self.crowd.port}"
        self.transport.write(handshake(host, "/graphql", PROTOCOL))

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self.now = time.perf_counter()
        if self.rest:
            data = self.rest + data
        if not self.greeted:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.rest = head
                return
            self._greet(head)
        self.rest = read_frames(data, self._take)

    def connection_lost(self, exc: Exception | None) -> None:
        """It should not have ended."""
        self.closed.set_result(None)
        self.crowd.fail("The server closed a socket.")

    def _greet(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 101"):
            self.crowd.fail(f"The handshake failed: {head.decode(errors='replace')}")
        self.greeted = True
        self.transport.write(next(self.crowd.inits))

    def _take(self, first: int, data: bytes, start: int, end: int) -> None:
        if first == TEXT:
            if self.acknowledged.done():
                self._message(data, start, end)
            elif data.find(ACKNOWLEDGED, start, end) > 0:
                self.transport.write(self.crowd.subscribe)
                self.acknowledged.set_result(None)
        elif first == PING:
            self.transport.write(masked_frame(data[start:end], 0x8A))
        elif first == CLOSE:
            self.crowd.fail(f"The server closed a socket: {data[start + 2 : end].decode()}")

    def _message(self, data: bytes, start: int, end: int) -> None:
        if data.find(NEXT, start, end) > 0:
            self.crowd.take(self, data, start, end, self.now)
        elif data.find(b'"type":"ping"', start, end) > 0:
            self.transport.write(masked_frame(b'{"type":"pong"}'))
        else:
            self.crowd.fail(f"A subscription failed: {data[start:end].decode()}")


def init_message(token: str | None) -> bytes:
    """`connection_init`, with a token where there is one."""
    payload = {"Authorization": f"Bearer {token}"} if token else {}
    return orjson.dumps({"type": "connection_init", "payload": payload})


def subscribe_message(document: str, variables: dict[str, str]) -> bytes:
    """`subscribe`, with the id 1."""
    payload = {"query": " ".join(document.split()), "variables": variables}
    return orjson.dumps({"id": "1", "type": "subscribe", "payload": payload})


def same(socket: Socket) -> Socket:
    """The protocol of a connection that is made for one that is there already."""
    return socket
