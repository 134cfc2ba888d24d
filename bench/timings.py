"""How long calls take, one after the other: on the wall, and of this process's processors."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

HEAD = "| what | p50 ms | p95 ms | CPU ms | goal |\n|---|---:|---:|---:|---|"


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds: the median and the 95th percentile on the wall, the mean of the processor.

    The latter is this process's alone, all of its threads; what engines of their own spend is
    not in it.
    """

    p50_ms: float
    p95_ms: float
    cpu_ms: float

    def row(self, name: str, goal_ms: float | None = None) -> str:
        """A line of a table; where there is a goal, whether the 95th percentile met it."""
        told = "" if goal_ms is None else f"{goal_ms:g}: {met(self.p95_ms <= goal_ms)}"
        return f"| {name} | {self.p50_ms:.1f} | {self.p95_ms:.1f} | {self.cpu_ms:.1f} | {told} |"


def met(yes: bool) -> str:
    """In a word."""
    return "met" if yes else "**missed**"


async def timed(calls: int, call: Callable[[int], Awaitable[object]]) -> Timings:
    """So many calls, each given its number, after a tenth as many to warm up."""
    for number in range(calls, calls + max(1, calls // 10)):
        await call(number)
    walls: list[float] = []
    cpu = time.process_time()
    for number in range(calls):
        start = time.perf_counter()
        await call(number)
        walls.append((time.perf_counter() - start) * 1000)
    spent = (time.process_time() - cpu) * 1000 / calls
    return Timings(percentile(walls, 0.5), percentile(walls, 0.95), spent)


def percentile(times: Sequence[float], part: float) -> float:
    """By rank."""
    return sorted(times)[min(len(times) - 1, int(part * len(times)))]
