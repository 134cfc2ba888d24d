"""Load over HTTP by an asyncio client of our own, which reads every answer.

It is for what `wrk` cannot do (a request that depends on the answer before) and for machines
that have no `wrk`. It keeps connections alive and has one request at a time on each.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import cast

from bench.processes import BenchError
from bench.sample import Sample, percentile

Next = Callable[[int, bytes | None], bytes]
"""Makes a connection's next request from its number and the answer before (None: the first)."""


ANSWER_MAY_TAKE = 10.0


def http_request(body: bytes, token: str | None) -> bytes:
    """A GraphQL request as it goes over the wire."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\n{bearer}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Load:
    """Connections that ask until the time is over, and how long each answer took."""

    def __init__(self, make: Next) -> None:
        self.make = make
        self.delays: list[float] = []
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.asking = 0
        self.calm = asyncio.Event()
        self.over = False

    def answered(self, delay: float) -> None:
        """One question less is open."""
        self.delays.append(delay)
        self.asking -= 1
        if not self.asking:
            self.calm.set()

    def fail(self, why: str) -> None:
        """End it all with a reason."""
        if not self.failed.done():
            self.failed.set_exception(BenchError(why))

    async def end(self) -> None:
        """Wait for what is still to be answered, so that nothing is changed behind our back."""
        self.calm.clear()
        if self.asking and not self.failed.done():
            async with asyncio.timeout(ANSWER_MAY_TAKE):
                await self.calm.wait()


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load, number: int) -> None:
        self.load = load
        self.number = number
        self.rest = b""
        self.sent = 0.0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self.transport = cast(asyncio.Transport, transport)
        self._ask(None)

    def data_received(self, data: bytes) -> None:
        """Take a whole answer, ask again."""
        if self.rest:
            data = self.rest + data
        body = body_of(data)
        if body is None:
            self.rest = data
            return
        self.rest = b""
        self.load.answered(time.perf_counter() - self.sent)
        if not data.startswith(b"HTTP/1.1 200") or b'"errors"' in body:
            self.load.fail(f"A request was answered with {data[:500].decode(errors='replace')}")
        elif not self.load.over:
            self._ask(body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody but us ends a connection."""
        self.closed.set_result(None)
        if not self.load.over:
            self.load.fail("The server closed a connection.")

    def _ask(self, body: bytes | None) -> None:
        request = self.load.make(self.number, body)
        self.load.asking += 1
        self.sent = time.perf_counter()
        self.transport.write(request)


def body_of(data: bytes) -> bytes | None:
    """The body of an answer that is all there. BenchError where its length is not told."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    lower = data[:head].lower()
    at = lower.find(b"content-length:")
    if at < 0:
        raise BenchError("An answer has no Content-Length.")
    end = lower.find(b"\r\n", at)
    length = int(lower[at + 15 : end if end > 0 else head])
    body = data[head + 4 :]
    return body if len(body) >= length else None


async def hammer(port: int, connections: int, seconds: float, make: Next) -> Sample:
    """Ask on so many connections for so long. BenchError for the first answer that is not good."""
    loop = asyncio.get_running_loop()
    load = Load(make)
    began, used = time.perf_counter(), time.process_time()
    opened = [
        await loop.create_connection(partial(Connection, load, number), "127.0.0.1", port)
        for number in range(connections)
    ]
    await asyncio.wait([load.failed], timeout=seconds)
    load.over = True
    await load.end()
    took, used = time.perf_counter() - began, time.process_time() - used
    for transport, _ in opened:
        transport.close()
    await asyncio.wait([connection.closed for _, connection in opened])
    if load.failed.done():
        load.failed.result()
    return of_delays(load.delays, took, used)


def of_delays(delays: list[float], took: float, used: float) -> Sample:
    """What so many answers in so long come to."""
    delays = sorted(delays)
    return Sample(
        rate=len(delays) / took,
        p50_ms=percentile(delays, 50) * 1000,
        p99_ms=percentile(delays, 99) * 1000,
        load_share=used / took,
    )


def ask(port: int, request: bytes) -> bytes:
    """The whole answer to one request, on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        data = b""
        while body_of(data) is None:
            received = connection.recv(65_536)
            if not received:
                raise BenchError(f"The server closed the connection after {data[:500]!r}.")
            data += received
    return data
