"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from bench.contenders import OURS, PEERS
from bench.processes import BenchError
from bench.sample import Sample, typical

PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "uvloop", "pymongo")
BYTES_PER_GB = 10**9
BEGIN, END = "<!-- bench begins -->", "<!-- bench ends -->"


@dataclass(slots=True)
class Result:
    """A workload's samples by who was measured; over HTTP at 32 connections, and again `at_1`,
    and `at_70` percent of what the slower of us and our peer can.

    `ceiling` is what the measuring client reads at most, where that was measured.
    """

    name: str
    about: str
    unit: str
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    at_1: dict[str, list[Sample]] = field(default_factory=dict)
    at_70: dict[str, list[Sample]] = field(default_factory=dict)
    ceiling: float | None = None

    def told(self) -> dict[str, Any]:
        """As it is written to the file."""
        found = {name: typical(samples) for name, samples in self.samples.items()}
        ours = found.get(OURS)
        peers = {name: round(each.rate, 1) for name, each in found.items() if name != OURS}
        return {
            "name": self.name,
            "about": self.about,
            "unit": self.unit,
            "ours": round(ours.rate, 1) if ours else None,
            "peers": peers,
            "p50_ms": ours.p50_ms if ours else None,
            "p99_ms": ours.p99_ms if ours else None,
            "ratio": {name: round(ours.rate / rate, 2) for name, rate in peers.items()}
            if ours
            else {},
            "medians": {name: rounded(each) for name, each in found.items()},
            "medians_1_connection": {
                name: rounded(typical(samples)) for name, samples in self.at_1.items()
            },
            "medians_70_percent": {
                name: rounded(typical(samples)) for name, samples in self.at_70.items()
            },
            "runs": {
                name: [round(each.rate, 1) for each in samples]
                for name, samples in self.samples.items()
            },
            "client_ceiling": self.ceiling,
        }


def rounded(sample: Sample) -> dict[str, float | None]:
    """Three digits behind the point are more than can be meant."""
    return {
        name: None if value is None else round(value, 3) for name, value in asdict(sample).items()
    }


def report(results: list[Result], settings: Mapping[str, object]) -> dict[str, Any]:
    """The whole file."""
    return {
        "machine": machine(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": dict(settings),
        "versions": versions(),
        "workloads": [result.told() for result in results],
    }


def machine() -> str:
    """The machine in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / BYTES_PER_GB
    return (
        f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"{platform.system()} {platform.release().split('-')[0]}"
    )


def processor() -> str:
    """Its name, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    for line in told.read_text().splitlines() if told.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """What was measured, by exact version."""
    found = {"python": platform.python_version()}
    found |= {name: version(name) for name in PACKAGES}
    if shutil.which("node"):
        found["node"] = said("node", "--version").lstrip("v")
        for lock in sorted(PEERS.glob("*/package.json")):
            found |= orjson.loads(lock.read_bytes())["dependencies"]
    if shutil.which("wrk"):
        found["wrk"] = said("wrk", "--version").split(" [")[0].removeprefix("wrk ")
    return found


def said(*command: str) -> str:
    """The first line that a program prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).partition("\n")[0].strip()


def table(results: list[Result]) -> str:
    """The figures in Markdown, which is readable as it is.

    `at 1` is the rate of one connection, with its p50; `at 70%` the p99 at that share of capacity.
    `CPU us` is the server's own time for each.
    """
    lines = [
        "| workload | server | figure | ours is | p50 ms | p99 ms | CPU us "
        "| at 1 | p50 ms | at 70% |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        ours = result.samples.get(OURS)
        for name, samples in result.samples.items():
            lines.append(row(result, name, typical(samples), typical(ours) if ours else None))
        if result.ceiling:
            lines.append(f"|  | (what our client can read) | {result.ceiling:,.0f} |{'  |' * 7}")
    return "\n".join(lines)


def row(result: Result, name: str, found: Sample, ours: Sample | None) -> str:
    """One line of the table."""
    ratio = f"{ours.rate / found.rate:.2f} x" if ours and name != OURS else ""
    single = result.at_1.get(name)
    one = typical(single) if single else None
    cells = [
        f"{result.name} ({result.unit})" if name == OURS else "",
        name,
        f"{found.rate:,.0f}",
        ratio,
        *(shown(value) for value in (found.p50_ms, found.p99_ms)),
        "" if found.cpu_us is None else f"{found.cpu_us:,.0f}",
        f"{one.rate:,.0f}" if one else "",
        shown(one.p50_ms) if one else "",
        shown(typical(below).p99_ms) if (below := result.at_70.get(name)) else "",
    ]
    return "| " + " | ".join(cells) + " |"


def shown(value: float | None) -> str:
    """A figure with two digits that matter, or nothing."""
    if value is None:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def write(path: Path, told: Mapping[str, Any]) -> None:
    """The file, indented, so that a change of it can be read."""
    path.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")


def insert(page: Path, text: str, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Put the text between the marks of a page."""
    before, begin, rest = page.read_text().partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not (begin and end):
        raise BenchError(f"{page} has no place for the table, between {' and '.join(marks)}.")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def warn(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, file=sys.stderr, flush=True)
