"""`python -m bench.profile WORKLOAD`: where our server's processor time goes."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import uvloop

from bench.__main__ import HERE, allow_sockets, terminated
from bench.contenders import ROOT, Contender, Part, ours
from bench.fanout import DELIVERIES, Deliveries, Events, crowd_on
from bench.http_load import Next, hammer
from bench.measures import in_turn
from bench.processes import BenchError, Process
from bench.publishers import publisher
from bench.requests import WORKLOADS, HttpWorkload, updates
from bench.results import warn
from bench.world import World, world

Stacks: TypeAlias = list[tuple[list[str], int]]

CONNECTIONS = 32
PARTS = {
    "pymongo": "MongoDB driver (pymongo, bson)",
    "bson": "MongoDB driver (pymongo, bson)",
    "redis": "Redis client",
    "graphql": "GraphQL interpreter (graphql-core)",
    "strawberry": "Strawberry",
    "uvicorn": "HTTP and WebSocket (uvicorn, starlette, websockets)",
    "starlette": "HTTP and WebSocket (uvicorn, starlette, websockets)",
    "websockets": "HTTP and WebSocket (uvicorn, starlette, websockets)",
    "jwt": "tokens (pyjwt)",
    "schema": "ours: schema, resolvers, subscriptions",
    "resolvers": "ours: schema, resolvers, subscriptions",
    "subscriptions": "ours: schema, resolvers, subscriptions",
    "": "event loop",
}


class Profile:
    """One server under load: its stacks, and what an operation costs in microseconds."""

    def __init__(self, process: Process, path: Path) -> None:
        self.process = process
        self.path = path
        self.cpu = 0.0
        self.operations = 0.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Samples while the block runs."""
        os.kill(self.process.pid, signal.SIGUSR1)
        before = self.process.cpu_seconds()
        yield
        self.cpu = self.process.cpu_seconds() - before
        os.kill(self.process.pid, signal.SIGUSR2)
        while not self.path.exists():
            time.sleep(0.05)

    def text(self, most: int) -> str:
        """Two tables: by part where the time is spent, and by function with all it calls."""
        stacks: Stacks = orjson.loads(self.path.read_bytes())
        each = self.cpu / self.operations * 1e6
        total = sum(count for _, count in stacks)
        parts: Counter[str] = Counter()
        functions: Counter[str] = Counter()
        for stack, count in stacks:
            parts[part_of(stack)] += count
            for name in {named(entry) for entry in stack}:
                functions[name] += count
        lines = [f"{each:,.0f} us of processor time an operation", ""]
        for name in [name for name, count in functions.items() if count == total]:
            del functions[name]  # what is around everything tells nothing
        lines += rows("part", parts, total, each, len(parts))
        lines += ["", *rows("function, with all that it calls", functions, total, each, most)]
        return "\n".join(lines)


def rows(title: str, counts: Counter[str], total: int, each: float, most: int) -> list[str]:
    """A table in Markdown."""
    return [f"| {title} | share | us |", "|---|---:|---:|"] + [
        f"| {name} | {count / total:.1%} | {count / total * each:,.1f} |"
        for name, count in counts.most_common(most)
        if name != "-"
    ]


def part_of(stack: list[str]) -> str:
    """Who the innermost function works for; the standard library works for its caller."""
    package = next((found for entry in stack if (found := package_of(entry))), "")
    return PARTS.get(package, f"ours: {package}" if is_ours(package) else package)


def is_ours(package: str) -> bool:
    """Whether it is one of our rooms."""
    return (ROOT / package / "__init__.py").exists()


def package_of(entry: str) -> str:
    """The package that a function is in; empty for the standard library and the bench."""
    path = entry.rpartition(":")[0]
    _, found, rest = path.partition("site-packages/")
    if found:
        return rest.partition("/")[0].removesuffix(".py").replace("uvloop", "")
    inside = Path(path).is_relative_to(ROOT) and Path(path).relative_to(ROOT).parts[0]
    return inside if inside and inside != "bench" and is_ours(inside) else ""


def named(entry: str) -> str:
    """A function as it is shown; what is not shown is `-`."""
    path, _, function = entry.rpartition(":")
    if not package_of(entry):
        return "-"
    place = path.rpartition("site-packages/")[2].removeprefix(f"{ROOT}/")
    return f"`{place.removesuffix('.py').replace('/', '.')}.{function}`"


def profile(name: str, seconds: int, most: int) -> str:
    """The tables of a workload."""
    with world(HERE / ".data" / "world") as made:
        path = made.folder / "profile.json"
        workload = next(each for each in (*WORKLOADS, *DELIVERIES) if each.name == name)
        part = workload.part if isinstance(workload, HttpWorkload) else Part.SOCKETS
        extra = ["posts"] if part is Part.POSTS else []
        command = [sys.executable, "-m", "bench.profiled", str(path), *extra]
        contender = replace(ours(), commands={part: command})
        process = contender.process(part, made, "profile")
        try:
            process.start()
            found = Profile(process, path)
            load(found, contender, made, workload, seconds)
            return found.text(most)
        finally:
            process.stop()


def load(
    found: Profile,
    contender: Contender,
    world: World,
    workload: HttpWorkload | Deliveries,
    seconds: int,
) -> None:
    """Take the server's profile under this load, after it was warmed up."""
    if isinstance(workload, Deliveries):
        uvloop.run(flooded(found, contender, world, workload, seconds))
    else:
        port = found.process.port
        uvloop.run(hammer(port, CONNECTIONS, 3, requests(workload, world)))
        make = requests(workload, world)
        with found.taken():
            sample = uvloop.run(hammer(port, CONNECTIONS, seconds, make))
        found.operations = sample.rate * seconds


def requests(workload: HttpWorkload, world: World) -> Next:
    """The workload's requests."""
    if workload.bodies is None:
        return updates(world, world.tokens)
    return in_turn(workload.bodies(world), world.tokens)


async def flooded(
    found: Profile, contender: Contender, world: World, workload: Deliveries, seconds: int
) -> None:
    """Deliveries for so long."""
    async with (
        crowd_on(found.process, contender, world) as crowd,
        publisher(contender, world) as publish,
    ):
        await crowd.connect(workload.sockets)
        events = Events(crowd, publish, world)
        await events.settle()
        await events.flood(1)
        with found.taken():
            rate = await events.flood(seconds)
            found.operations = rate * seconds


def main() -> int:
    """Print the profile."""
    made: Any = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    made.add_argument("workload", choices=[each.name for each in (*WORKLOADS, *DELIVERIES)])
    made.add_argument("--seconds", type=int, default=8)
    made.add_argument("--functions", type=int, default=40, help="how many to show")
    options = made.parse_args()
    signal.signal(signal.SIGTERM, terminated)
    allow_sockets()
    try:
        print(profile(options.workload, options.seconds, options.functions))
    except BenchError as error:
        warn(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
