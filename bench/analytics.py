"""`python -m bench.analytics`: how fast figures go in, and how fast an overview comes out.

A million snapshots of one workspace over a year are made at the first run of a day, and kept in
`bench/.data`; how fast figures go in is measured anew each time, in a workspace of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench.analytics_data import owner, rows, settle
from bench.contenders import ROOT
from bench.kept import backend, engines_on, filled
from bench.processes import BenchError
from bench.results import insert, machine, warn
from bench.timings import HEAD, met, timed
from datasources.snapshots import Snapshot
from server.compose import Backend
from server.settings import Settings
from services.analytics import Question
from services.periods import AnalyticsPeriod
from services.viewer import Viewer

SNAPSHOTS, TAKEN_IN, ASKED = 1_000_000, 100_000, 100
GOAL_MS, GOAL_RATE = 50, 10_000
WRITERS = 2
FRESH = timedelta(hours=12)
PLACE = "Europe/Stockholm"
PAGE = ROOT / "docs" / "analytics.md"
MARKS = ("<!-- speed begins -->", "<!-- speed ends -->")


async def measure(settings: Settings, options: argparse.Namespace) -> list[str]:
    """The rate, and the rows of the table."""
    async with backend(settings) as made:
        await filled(made, settings.data_dir, lambda into: fill(into, options.snapshots))
        rate = await taken_in(made, options.taken_in)
        viewer, home = await owner(made)
        return [rate, HEAD, *await asked(made, viewer, home, options.asked)]


async def fill(made: Backend, total: int) -> None:
    """The year."""
    await settle(made)
    _, home = await owner(made)
    for batch in rows(home, total, datetime.now(UTC)):
        await made.services.metrics.ledger.write(home, batch)


async def taken_in(made: Backend, total: int) -> str:
    """How many snapshots a second are kept, by writers that have a workspace each."""
    now, run = datetime.now(UTC), time.time_ns() // 1000
    marks = [f"{run}{each}" for each in range(WRITERS)]
    ready = [list(rows(f"wsp_{mark}", total // WRITERS, now, mark)) for mark in marks]
    start, cpu = time.perf_counter(), time.process_time()
    kept = sum(await asyncio.gather(*(write(made, batches) for batches in ready)))
    seconds, spent = time.perf_counter() - start, time.process_time() - cpu
    for mark in marks:
        await forget(made, f"wsp_{mark}")
    return (
        f"{kept:,} snapshots are taken in at {kept / seconds:,.0f} a second, 1,000 in a "
        f"transaction, {WRITERS} writers at once; goal {GOAL_RATE:,}: "
        f"{met(kept / seconds >= GOAL_RATE)}. Of this process's processor each takes "
        f"{spent / kept * 1e6:.0f} us.\n"
    )


async def write(made: Backend, batches: Sequence[Sequence[Snapshot]]) -> int:
    """One writer's; how many were kept."""
    kept = 0
    for batch in batches:
        home = batch[0].workspace_id
        kept += (await made.services.metrics.ledger.write(home, batch)).recorded
    return kept


async def forget(made: Backend, home: str) -> None:
    """What was measured is not there the next time."""
    stores = made.stores
    for collection in (
        stores.analytics_snapshots,
        stores.analytics_standings,
        stores.analytics_hours,
        stores.analytics_days,
        stores.content_hours,
        stores.content_days,
    ):
        await collection.delete_many({"workspace_id": home})


async def asked(made: Backend, viewer: Viewer, home: str, calls: int) -> list[str]:
    """Overviews of every period: computed from the rollups, and kept in Redis. And the figures of
    every piece, which breakdowns and the best pieces are made of.
    """
    analytics = made.services.analytics
    found = []
    for period in AnalyticsPeriod:

        async def kept(_: int, period: AnalyticsPeriod = period) -> object:
            return await analytics.overview(viewer, home, Question(period, PLACE))

        async def computed(_: int, period: AnalyticsPeriod = period) -> object:
            await analytics.cache.forget([home])
            return await analytics.overview(viewer, home, Question(period, PLACE))

        async def pieces(_: int, period: AnalyticsPeriod = period) -> object:
            await analytics.cache.forget([home])
            return await analytics.pieces(viewer, home, Question(period, PLACE))

        found.append((await timed(calls, computed)).row(f"{period}, computed", GOAL_MS))
        found.append((await timed(calls // 5, pieces)).row(f"{period}, every piece, computed"))
        found.append((await timed(calls, kept)).row(f"{period}, kept", GOAL_MS))
    return found


def load() -> str:
    """What the machine had to do besides: runnable tasks over a minute."""
    return f"load {os.getloadavg()[0]:.1f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    options = parser().parse_args(arguments)
    try:
        with engines_on(f"analytics-{options.snapshots}", FRESH) as (settings, _):
            lines = asyncio.run(measure(settings, options))
    except BenchError as error:
        warn(str(error))
        return 1
    about = f"{options.snapshots:,} snapshots in one workspace, {options.asked} calls a line"
    table = f"{machine()}; {about}; {load()}.\n\n" + "\n".join(lines)
    if options.docs:
        insert(PAGE, table, MARKS)
    print(table)
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m bench.analytics", description=__doc__)
    made.add_argument("--snapshots", type=int, default=SNAPSHOTS, help="that overviews are of")
    made.add_argument("--taken-in", type=int, default=TAKEN_IN, help="to measure the rate")
    made.add_argument("--asked", type=int, default=ASKED, help="calls a line of the table")
    made.add_argument("--docs", action="store_true", help="put it into docs/analytics.md")
    return made


if __name__ == "__main__":
    raise SystemExit(main())
