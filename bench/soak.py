"""`python -m bench.soak --minutes 20`: our server at 70% of what it can, for as long as that.

One server process, with sockets that follow changes; queries and changes come at a steady pace,
which follows what the machine is able to. It says whether memory, errors and delays stay within
bounds, and writes what was measured.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bench.__main__ import HERE, PAGE, allow_sockets, terminated
from bench.contenders import Part, ours
from bench.processes import BenchError, Process
from bench.results import insert, warn, write
from bench.soak_followers import Followers
from bench.soak_load import Mix, Pace
from bench.soak_report import MARKS, Soak, text, told
from bench.soak_run import Run
from bench.world import World, world

SOCKETS = 200
SEED = 20_260_101


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code is 0 where all bounds held."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, terminated)
    allow_sockets()
    try:
        with world(HERE / ".data" / "world") as made:
            soak, run = uvloop.run(soaked(made, options))
    except BenchError as error:
        warn(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    date = datetime.now(UTC).isoformat(timespec="seconds")
    write(options.output, told(soak, run.moments, run.soundings, date))
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
    made.add_argument("--rate", type=float, help="requests a second, whatever the capacity")
    made.add_argument("--output", type=Path, default=HERE / "soak.json", help="where JSON goes")
    made.add_argument("--docs", action="store_true", help="put it into docs/performance.md")
    return made


async def soaked(made: World, options: argparse.Namespace) -> tuple[Soak, Run]:
    """One soak of a server that is started for it."""
    process = ours().process(Part.API, made, "soak")
    process.start()
    try:
        homes = len(made.workspaces)
        each = -(-options.sockets // homes)
        async with load(process, made, each * homes) as (pace, followers):
            run = Run(process, pace, followers, each, options.rate)
            await run.begin()
            warn(f"{run.capacity:.0f} requests/s at most, {run.rate:.0f} to begin with.")
            await run.keep(options.minutes * 60)
            return run.result(), run
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


if __name__ == "__main__":
    sys.exit(main())
