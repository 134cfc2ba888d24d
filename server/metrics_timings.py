"""Counts and timings as cheap as they get: numbers in a dict, made into series for a scrape.

The client library's own take a lock for each number, which is more than the number costs. These
are written by one event loop; a scrape that reads meanwhile sees a number or the one before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

Key = tuple[str, ...]


class Counts(Collector):
    """How often something happened, by the values of its labels."""

    def __init__(self, name: str, about: str, labels: Sequence[str]) -> None:
        self._family = name, about, labels
        self._counts: dict[Key, int] = {}

    def add(self, key: Key, count: int = 1) -> None:
        """Count one, or so many."""
        self._counts[key] = self._counts.get(key, 0) + count

    def collect(self) -> Iterator[Metric]:
        """The series so far."""
        name, about, labels = self._family
        family = CounterMetricFamily(name, about, labels=labels)
        for key, count in tuple(self._counts.items()):
            family.add_metric(key, count)
        yield family


class Timings(Collector):
    """How long something took, in seconds, by the values of its labels."""

    def __init__(
        self, name: str, about: str, labels: Sequence[str], bounds: Sequence[float]
    ) -> None:
        self._family = name, about, labels
        self._bounds = bounds
        self._names = [*map(str, bounds), "+Inf"]
        self._found: dict[Key, list[int]] = {}
        self._sums: dict[Key, float] = {}

    def add(self, key: Key, seconds: float) -> None:
        """Count one that took so long."""
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = [0] * len(self._names)
            self._sums[key] = 0.0
        found[bisect_left(self._bounds, seconds)] += 1
        self._sums[key] += seconds

    def collect(self) -> Iterator[Metric]:
        """The series so far."""
        name, about, labels = self._family
        family = HistogramMetricFamily(name, about, labels=labels)
        for key, found in tuple(self._found.items()):
            family.add_metric(key, list(self._cumulated(found)), self._sums[key])
        yield family

    def _cumulated(self, found: list[int]) -> Iterator[tuple[str, float]]:
        total = 0
        for name, count in zip(self._names, tuple(found), strict=True):
            total += count
            yield name, float(total)
