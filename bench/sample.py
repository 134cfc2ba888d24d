"""One measurement, and what several of the same come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.processes import BenchError


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run told.

    `rate` is in the workload's unit, usually operations a second. `cpu_us` is the server's own
    processor time for each operation, which other work on the machine disturbs least.
    `load_share` is how much of one core the measuring side took: near 1, it was the bottleneck.
    """

    rate: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_us: float | None = None
    load_share: float | None = None


def typical(samples: Sequence[Sample]) -> Sample:
    """The median of each figure."""
    if not samples:
        raise BenchError("There is nothing to take a median of.")
    return Sample(
        rate=median(each.rate for each in samples),
        p50_ms=middle([each.p50_ms for each in samples]),
        p99_ms=middle([each.p99_ms for each in samples]),
        cpu_us=middle([each.cpu_us for each in samples]),
        load_share=middle([each.load_share for each in samples]),
    )


def middle(values: Sequence[float | None]) -> float | None:
    """The median of what is there, None where nothing is."""
    found = [value for value in values if value is not None]
    return median(found) if found else None


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not pass; of sorted values, by the nearest rank."""
    if not values:
        raise BenchError("There is nothing to take a percentile of.")
    rank = max(1, -(-len(values) * percent // 100))
    return values[int(rank) - 1]
