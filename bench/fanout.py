"""The workloads over WebSocket: deliveries to many sockets, and what an idle one costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle

from bench import documents
from bench.contenders import Contender
from bench.processes import BenchError, Process
from bench.publishers import Publish, publisher
from bench.sample import Sample, percentile
from bench.sockets import Crowd, init_message, subscribe_message
from bench.world import World

WINDOW = 8
"""Events that are on their way at one time while deliveries a second are counted."""
PIECES = 64
"""How many pieces the events go round."""
FEW = 100
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Events to so many `sockets`. `interval` is the seconds between two while delays are taken:
    each event meets an idle server.
    """

    name: str
    about: str
    sockets: int
    interval: float


DELIVERIES = (
    Deliveries("deliveries_200", "an event to 200 sockets", 200, 0.05),
    Deliveries("deliveries_1000", "an event to 1,000 sockets", 1000, 0.25),
)


@asynccontextmanager
async def crowd_on(process: Process, contender: Contender, world: World) -> AsyncIterator[Crowd]:
    """A crowd that is not connected yet, of all people in turn where they have tokens."""
    inits = [init_message(token) for token in contender.tokens(world)] or [init_message(None)]
    crowd = Crowd(
        process.port, inits, subscribe_message(documents.PUBLISHED, {"userId": world.author})
    )
    try:
        yield crowd
    finally:
        await crowd.close()


class Events:
    """Publishes to a crowd, and waits for it."""

    def __init__(self, crowd: Crowd, publish: Publish, world: World) -> None:
        self.crowd = crowd
        self._publish = publish
        self._pieces: Iterator[str] = cycle(world.contents[:PIECES])

    async def send(self) -> int:
        """Publish one; its number since the crowd began to count."""
        piece = next(self._pieces)
        self.crowd.publishing(piece.encode())
        await self._publish(piece)
        return len(self.crowd.published) - 1

    async def settle(self) -> None:
        """Return when everyone who connected is subscribed: has had an event."""
        patience = 0.2
        while True:
            self.crowd.begin(strict=False)
            try:
                await self.crowd.all_have(await self.send(), patience)
            except BenchError:
                self.crowd.check()
                if patience > PATIENCE:
                    raise
            else:
                return
            patience *= 2

    async def flood(self, seconds: float) -> float:
        """Deliveries a second, with several events on their way all the time."""
        self.crowd.begin()
        began = time.perf_counter()
        while time.perf_counter() < began + seconds:
            number = await self.send()
            if number >= WINDOW:
                await self.crowd.all_have(number - WINDOW, PATIENCE)
        await self.crowd.all_have(number, PATIENCE)
        took = time.perf_counter() - began
        return (number + 1) * len(self.crowd.sockets) / took

    async def pace(self, seconds: float, interval: float) -> list[float]:
        """The delays in order, in milliseconds, of events that come one by one."""
        self.crowd.begin()
        due = time.perf_counter()
        until = due + seconds
        while due < until:
            await self.crowd.all_have(await self.send(), PATIENCE)
            due = max(due + interval, time.perf_counter())
            await asyncio.sleep(due - time.perf_counter())
        return sorted(delay * 1000 for delay in self.crowd.delays)


async def deliver(
    process: Process, contender: Contender, world: World, workload: Deliveries, seconds: float
) -> Sample:
    """One measurement of deliveries: half of the time for their rate, half for their delay."""
    async with (
        crowd_on(process, contender, world) as crowd,
        publisher(contender, world) as publish,
    ):
        await crowd.connect(workload.sockets)
        events = Events(crowd, publish, world)
        await events.settle()
        await events.flood(0.5)
        began, used, served = time.perf_counter(), time.process_time(), process.cpu_seconds()
        rate = await events.flood(seconds / 2)
        took = time.perf_counter() - began
        used, served = time.process_time() - used, process.cpu_seconds() - served
        delays = await events.pace(seconds / 2, workload.interval)
        return Sample(
            rate=rate,
            p50_ms=percentile(delays, 50),
            p99_ms=percentile(delays, 99),
            cpu_us=served / (rate * took) * 1e6,
            load_share=used / took,
        )


async def idle(process: Process, contender: Contender, world: World, sockets: int) -> Sample:
    """KB that a subscription adds: memory with a few, and with so many more, that all had one
    event and wait for the next.
    """
    async with (
        crowd_on(process, contender, world) as crowd,
        publisher(contender, world) as publish,
    ):
        events = Events(crowd, publish, world)
        await crowd.connect(FEW)
        await events.settle()
        few = await resting(process)
        await crowd.connect(sockets)
        await events.settle()
        return Sample(rate=(await resting(process) - few) * 1024 / 1000 / sockets)


async def resting(process: Process) -> int:
    """The memory in KiB, once things have calmed down."""
    await asyncio.sleep(1.0)
    return process.resident_kib()
