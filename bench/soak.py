"""`python -m bench.soak --minutes 20`: our server at 70% of what it can, for as long as that.

One server process, with sockets that follow changes; queries and changes come at a steady pace. It
says whether memory, errors and delays stay within bounds, and writes what was measured.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import time
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bench.__main__ import HERE, PAGE, allow_sockets, terminated
from bench.contenders import Part, ours
from bench.processes import BenchError, Process
from bench.results import insert, warn, write
from bench.sample import percentile
from bench.soak_followers import Followers
from bench.soak_load import Mix, Pace, Tally
from bench.soak_report import MARKS, Moment, Soak, memory, text, told
from bench.world import World, world

SHARE = 0.7
SOCKETS = 200
WARMING, CALIBRATING = 3.0, 8.0
EVERY = 5.0
WARM = 0.25
"""The part of the time after which the server is warm."""
GRACE = 10.0
SEED = 20_260_101


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code is 0 where all bounds held."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, terminated)
    allow_sockets()
    try:
        with world(HERE / ".data" / "world") as made:
            soak, moments = uvloop.run(soaked(made, options))
    except BenchError as error:
        warn(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    date = datetime.now(UTC).isoformat(timespec="seconds")
    write(options.output, told(soak, moments, date))
    if options.docs:
        insert(PAGE, text(soak, date), MARKS)
    print(text(soak, date))
    for criterion, met in soak.judged().items():
        print(f"{'met' if met else 'NOT MET'}: {criterion}")
    if soak.first_error:
        print(f"The first failure: {soak.first_error}")
    return 0 if soak.passed else 1


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    made.add_argument("--minutes", type=float, default=20.0)
    made.add_argument("--sockets", type=int, default=SOCKETS, help="how many follow changes")
    made.add_argument("--rate", type=float, help="requests a second, instead of 70%% of capacity")
    made.add_argument("--output", type=Path, default=HERE / "soak.json", help="where JSON goes")
    made.add_argument("--docs", action="store_true", help="put it into docs/performance.md")
    return made


async def soaked(made: World, options: argparse.Namespace) -> tuple[Soak, list[Moment]]:
    """One soak of a server that is started for it."""
    process = ours().process(Part.API, made, "soak")
    process.start()
    try:
        homes = len(made.workspaces)
        each = -(-options.sockets // homes)
        async with load(process, made, each * homes) as (pace, followers):
            capacity = await calibrated(pace)
            rate = options.rate or SHARE * capacity
            warn(f"{capacity:.0f} requests/s at most; {rate:.0f} for {options.minutes:g} minutes.")
            run = Run(process, pace, followers, each)
            await run.keep(rate, options.minutes * 60)
            return run.result(options.minutes, capacity, rate), run.moments
    finally:
        process.stop()


@asynccontextmanager
async def load(
    process: Process, made: World, sockets: int
) -> AsyncIterator[tuple[Pace, Followers]]:
    """Everything that will talk to the server, the sockets connected."""
    followers = Followers(process.port, made)
    pace = Pace(process.port, Mix(made, random.Random(SEED), followers.changing))
    try:
        await followers.connect(sockets)
        yield pace, followers
    finally:
        await pace.close()
        await followers.close()


async def calibrated(pace: Pace) -> float:
    """The most requests a second that the server answers, the sockets being served too."""
    await pace.flood(WARMING)
    found = await pace.flood(CALIBRATING)
    if pace.tally.errors:
        raise BenchError(f"A request failed: {pace.tally.first_error}")
    return found


class Run:
    """The soak itself: the load, and somebody who looks every five seconds."""

    def __init__(self, process: Process, pace: Pace, followers: Followers, each: int) -> None:
        """`each` is how many sockets follow a workspace."""
        self.each = each
        self.process = process
        self.pace = pace
        self.followers = followers
        self.moments: list[Moment] = []
        self.delays = array("d")
        self.errors = 0
        self.first_error = ""
        self.due = 0
        self.before = 0
        self.deliveries = 0

    async def keep(self, rate: float, seconds: float) -> None:
        """Keep the pace for so long."""
        await self._settled()
        changed, arrivals = self.pace.mix.changed, self.followers.arrivals
        del self.followers.delays[:]
        self.pace.tally, self.before = Tally(), arrivals
        looking = asyncio.create_task(self._look())
        try:
            await self.pace.keep(rate, seconds)
        finally:
            looking.cancel()
        self._moment(seconds, EVERY)
        await self._settled()
        self.due = (self.pace.mix.changed - changed) * self.each
        self.deliveries = self.followers.arrivals - arrivals

    async def _settled(self) -> None:
        """Return when nothing has arrived for a second."""
        until = time.perf_counter() + GRACE
        before = -1
        while before != self.followers.arrivals and time.perf_counter() < until:
            before = self.followers.arrivals
            await asyncio.sleep(1)
        self.followers.check()

    async def _look(self) -> None:
        began = last = time.perf_counter()
        while True:
            await asyncio.sleep(EVERY)
            now = time.perf_counter()
            self._moment(now - began, now - last)
            last = now

    def _moment(self, at: float, took: float) -> None:
        tally, self.pace.tally = self.pace.tally, Tally()
        self.delays.extend(tally.delays)
        self.errors += tally.errors
        self.first_error = self.first_error or tally.first_error
        delays = sorted(delay * 1000 for delay in tally.delays)
        p50, p95, p99 = (percentile(delays, each) if delays else None for each in (50, 95, 99))
        arrived, self.before = self.followers.arrivals - self.before, self.followers.arrivals
        mib = self.process.resident_kib() / 1024
        self.moments.append(
            Moment(at, mib, len(delays) / took, tally.errors, p50, p95, p99, arrived / took)
        )

    def result(self, minutes: float, capacity: float, rate: float) -> Soak:
        """What it came to."""
        delays = sorted(delay * 1000 for delay in self.delays)
        arrivals = sorted(delay * 1000 for delay in self.followers.delays)
        warm, end = memory(self.moments[int(len(self.moments) * WARM) :])
        return Soak(
            minutes=minutes,
            capacity=capacity,
            rate=rate,
            sockets=len(self.followers.sockets),
            requests=len(delays),
            errors=self.errors + self.followers.errors,
            p50_ms=percentile(delays, 50),
            p95_ms=percentile(delays, 95),
            p99_ms=percentile(delays, 99),
            deliveries=self.deliveries,
            deliveries_lost=max(0, self.due - self.deliveries),
            delivery_p95_ms=percentile(arrivals, 95) if arrivals else 0.0,
            warm_mib=warm,
            end_mib=end,
            first_error=self.first_error,
        )


if __name__ == "__main__":
    sys.exit(main())
