"""Load at a steady rate, whether or not answers come in time: what a delay is below capacity.

A request is due at its time. If every connection is busy then, it waits, and its delay counts from
when it was due: so a server that stops for a moment is not measured by the one request that met it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from functools import partial
from typing import cast

from bench.http_load import Next, body_of, of_delays
from bench.processes import BenchError
from bench.sample import Sample

TICK = 0.001
LEFT_MAY_TAKE = 10.0


class Pace:
    """Requests by the clock, over connections that are free."""

    def __init__(self, make: Next, rate: float) -> None:
        self.make = make
        self.rate = rate
        self.free: deque[PacedConnection] = deque()
        self.due: deque[float] = deque()
        self.open = 0
        self.delays: list[float] = []
        self.failed: str | None = None

    async def run(self, seconds: float) -> None:
        """Send for so long, then wait for what is not answered yet."""
        began = time.perf_counter()
        sent = 0
        while (now := time.perf_counter()) < began + seconds and not self.failed:
            while began + sent / self.rate <= now:
                self.due.append(began + sent / self.rate)
                sent += 1
            self.serve()
            await asyncio.sleep(TICK)
        async with asyncio.timeout(LEFT_MAY_TAKE):
            while (self.open or self.due) and not self.failed:
                self.serve()
                await asyncio.sleep(TICK)

    def serve(self) -> None:
        """Give what is due to the connections that are free."""
        while self.due and self.free:
            self.open += 1
            self.free.popleft().ask(self.due.popleft())


class PacedConnection(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.rest = b""
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is free."""
        self.transport = cast(asyncio.Transport, transport)
        self.pace.free.append(self)

    def ask(self, due: float) -> None:
        """Send the next request."""
        self.since = due
        self.transport.write(self.pace.make(0, None))

    def data_received(self, data: bytes) -> None:
        """Take a whole answer; be free again."""
        data = self.rest + data
        body = body_of(data)
        if body is None:
            self.rest = data
            return
        self.rest = b""
        pace = self.pace
        pace.open -= 1
        pace.delays.append(time.perf_counter() - self.since)
        if not data.startswith(b"HTTP/1.1 200") or b'"errors"' in body:
            pace.failed = f"A request was answered with {data[:500].decode(errors='replace')}"
        pace.free.append(self)
        pace.serve()


async def paced(port: int, connections: int, seconds: float, make: Next, rate: float) -> Sample:
    """Ask so often each second, for so long. BenchError where an answer is not good."""
    loop = asyncio.get_running_loop()
    pace = Pace(make, rate)
    began, used = time.perf_counter(), time.process_time()
    opened = [
        await loop.create_connection(partial(PacedConnection, pace), "127.0.0.1", port)
        for _ in range(connections)
    ]
    try:
        await pace.run(seconds)
    except TimeoutError:
        raise BenchError(f"The server does not keep up with {rate:.0f} requests/s.") from None
    finally:
        for transport, _ in opened:
            transport.close()
    if pace.failed:
        raise BenchError(pace.failed)
    took, used = time.perf_counter() - began, time.process_time() - used
    return of_delays(pace.delays, took, used)
