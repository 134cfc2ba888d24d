"""The soak itself: what the machine can do, 70% of that, and somebody who looks all the while."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import deque
from contextlib import suppress
from statistics import fmean, median

from bench.processes import BenchError, Process
from bench.sample import percentile
from bench.soak_followers import Followers
from bench.soak_load import Pace, Tally
from bench.soak_report import Moment, Soak, Sounding, memory

SHARE = 0.7
WARMING, FLOOD = 3.0, 2.0
HELD = 5
"""Of so many soundings, the latest, the mean is what the machine can do."""
ROUND = 60.0
"""Seconds from one sounding to the next."""
EVERY = 5.0
WARM = 0.25
"""The part of the time after which the server is warm."""
GRACE = 10.0
STEPS = 1_000_000


class Run:
    """One soak. A virtual machine is not the same from minute to minute, so what it can do is
    sounded again each minute, and the pace is 70% of the mean of the last five.
    """

    def __init__(
        self,
        process: Process,
        pace: Pace,
        followers: Followers,
        each: int,
        fixed: float | None = None,
    ) -> None:
        """`each` is how many sockets follow a workspace, `fixed` a pace for the whole of it."""
        self.each = each
        self.process = process
        self.pace = pace
        self.followers = followers
        self.fixed = fixed
        self.moments: list[Moment] = []
        self.soundings: list[Sounding] = []
        self.delays = array("d")
        self.tally = Tally()
        self.due = self.before = self.deliveries = 0
        self.began = self.seconds = 0.0
        self._held: deque[float] = deque(maxlen=HELD)

    @property
    def capacity(self) -> float:
        """Requests a second that the machine can do now, the sockets being served too."""
        return fmean(self._held)

    @property
    def rate(self) -> float:
        """Requests a second that are sent until the next sounding."""
        return self.fixed or SHARE * self.capacity

    async def begin(self) -> None:
        """Warm up, and find out what the machine can do."""
        await self.pace.flood(WARMING)
        for _ in range(HELD):
            self._held.append(await self.pace.flood(FLOOD))
        if self.pace.tally.errors:
            raise BenchError(f"A request failed: {self.pace.tally.first_error}")

    async def keep(self, seconds: float) -> None:
        """Keep the pace for so long."""
        await self._settled()
        changed, arrivals = self.pace.mix.changed, self.followers.arrivals
        del self.followers.delays[:]
        self.pace.tally, self.before = Tally(), arrivals
        self.began, self.seconds = time.perf_counter(), seconds
        while (left := self.began + seconds - time.perf_counter()) > EVERY:
            if not self.fixed:
                await self.sound()
            await self._paced(min(ROUND - FLOOD, left))
        await self._settled()
        self.due = (self.pace.mix.changed - changed) * self.each
        self.deliveries = self.followers.arrivals - arrivals

    async def sound(self) -> None:
        """Find out again what the machine can do."""
        loop_ms, arrivals = yardstick(), len(self.followers.delays)
        flooded = await self.pace.flood(FLOOD)
        del self.followers.delays[arrivals:]
        self._held.append(flooded)
        at = time.perf_counter() - self.began
        self.soundings.append(Sounding(at, flooded, self.rate, loop_ms))
        self.before = self.followers.arrivals

    async def _paced(self, seconds: float) -> None:
        looking = asyncio.create_task(self._look())
        try:
            await self.pace.keep(self.rate, seconds)
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    async def _settled(self) -> None:
        """Return when nothing has arrived for a second."""
        until = time.perf_counter() + GRACE
        before = -1
        while before != self.followers.arrivals and time.perf_counter() < until:
            before = self.followers.arrivals
            await asyncio.sleep(1)
        self.followers.check()

    async def _look(self) -> None:
        while True:
            began, cpu = time.perf_counter(), self.process.cpu_seconds()
            try:
                await asyncio.sleep(EVERY)
            finally:  # also of what came since, at the end
                self._moment(time.perf_counter() - began, self.process.cpu_seconds() - cpu)

    def _moment(self, took: float, cpu: float) -> None:
        tally, self.pace.tally = self.pace.tally, Tally()
        self.delays.extend(tally.delays)
        self.tally.failed(tally.first_error, tally.errors)
        arrived, self.before = self.followers.arrivals - self.before, self.followers.arrivals
        if not tally.delays:
            return
        delays = sorted(delay * 1000 for delay in tally.delays)
        p50, p95, p99 = (percentile(delays, each) for each in (50, 95, 99))
        self.moments.append(
            Moment(
                at=time.perf_counter() - self.began,
                mib=self.process.resident_kib() / 1024,
                rate=len(delays) / took,
                errors=tally.errors,
                p50_ms=p50,
                p95_ms=p95,
                p99_ms=p99,
                deliveries=arrived / took,
                cpu_us=cpu / len(delays) * 1e6,
            )
        )

    def result(self) -> Soak:
        """What it came to."""
        delays = sorted(delay * 1000 for delay in self.delays)
        arrivals = sorted(delay * 1000 for delay in self.followers.delays)
        warm, end = memory(self.moments[int(len(self.moments) * WARM) :])
        capacities = [each.capacity for each in self.soundings] or [self.capacity]
        rates = [each.rate for each in self.soundings] or [self.rate]
        return Soak(
            minutes=self.seconds / 60,
            capacity=median(capacities),
            capacities=(min(capacities), max(capacities)),
            rate=median(rates),
            rates=(min(rates), max(rates)),
            sockets=len(self.followers.sockets),
            requests=len(delays),
            errors=self.tally.errors + self.followers.errors,
            p50_ms=percentile(delays, 50),
            p95_ms=percentile(delays, 95),
            p99_ms=percentile(delays, 99),
            deliveries=self.deliveries,
            deliveries_lost=max(0, self.due - self.deliveries),
            delivery_p95_ms=percentile(arrivals, 95) if arrivals else 0.0,
            warm_mib=warm,
            end_mib=end,
            loops_ms=loops(self.soundings),
            first_error=self.tally.first_error,
        )


def yardstick() -> float:
    """Milliseconds that a loop takes which is always the same: how fast the machine is now."""
    began = time.perf_counter()
    for _ in range(STEPS):
        pass
    return (time.perf_counter() - began) * 1000


def loops(soundings: list[Sounding]) -> tuple[float, float]:
    """The shortest and the longest of these loops."""
    found = [each.loop_ms for each in soundings] or [yardstick()]
    return min(found), max(found)
