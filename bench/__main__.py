"""`python -m bench`: our server beside its peers, on this machine, as a table and as JSON."""

from __future__ import annotations

import argparse
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from bench.contenders import ROOT, contenders
from bench.processes import BenchError
from bench.results import insert, report, table, warn, write
from bench.run import NAMES, QUICK, Bench, Plan
from bench.world import world
from bench.wrk_load import has_wrk

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "performance.md"
TERMINATED = 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, terminated)
    allow_sockets()
    plan = QUICK if options.quick else Plan()
    if not has_wrk():
        warn("No wrk on this machine: our own client sends the requests, and costs more.")
    try:
        with world(HERE / ".data" / "world") as made:
            bench = Bench(made, contenders(warn), plan, warn)
            results = list(bench.run(options.only or NAMES))
    except BenchError as error:
        warn(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    told = report(results, asdict(plan))
    write(options.output, told)
    if options.docs:
        insert(PAGE, f"{told['machine']}; {told['date'][:10]}.\n\n{table(results)}")
    print(table(results))
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    made.add_argument("--quick", action="store_true", help="a fast pass, for a first impression")
    made.add_argument("--only", action="append", choices=NAMES, help="this workload; repeatable")
    made.add_argument("--output", type=Path, default=HERE / "results.json", help="where JSON goes")
    made.add_argument("--docs", action="store_true", help="put the table into docs/performance.md")
    return made


def allow_sockets() -> None:
    """A thousand sockets need more descriptors than many systems allow at first."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def terminated(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends what was started, too."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
