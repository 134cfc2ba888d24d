"""`/metrics`: what was counted, and what can be asked of the engines, as Prometheus reads it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from prometheus_client import Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.registry import Collector

from execution.cache import OperationCache
from server.health_checks import Health, HealthChecks
from server.metrics import Metrics
from server.metrics_families import joined, packed
from server.siblings import Siblings
from server.sockets import Sockets

PATIENCE = 1.0
NUMBERS = {
    "worker.alive": ("brandgraph_workers", "Workers heard of just now."),
    "processes.alive": ("brandgraph_processes", "Processes that serve, of one `serve`."),
    "jobs.ready": ("brandgraph_jobs_waiting", "Jobs that could begin, or are being done."),
    "jobs.scheduled": ("brandgraph_jobs_scheduled", "Jobs for later."),
    "jobs.dead": ("brandgraph_jobs_dead", "Jobs given up and kept, a thousand at most."),
    "jobs.oldestSeconds": ("brandgraph_job_oldest_seconds", "What the oldest job waits since."),
    "targets.oldestSeconds": (
        "brandgraph_publication_oldest_overdue_seconds",
        "How late the publication is that waits longest.",
    ),
    "relay.oldestSeconds": (
        "brandgraph_event_oldest_untold_seconds",
        "What the oldest event waits since to be told.",
    ),
    "migrations.pending": ("brandgraph_migrations_pending", "Steps that were not done."),
}
"""Facts of the health report, the gauge of each, and what it says."""

TOLD = {
    "content.created": ("brandgraph_content_created", "Pieces of content that were begun."),
    "content.published": ("brandgraph_content_published", "Announcements that a piece is out."),
}

Here = Callable[[], Iterable[Metric]]


class MetricsPage:
    """Gathers everything for one scrape. What an engine can't tell just now is left out.

    `here` tells what is measured when it is asked for. With `siblings`, what is of one process is
    told for each, labelled with its number.
    """

    def __init__(
        self,
        metrics: Metrics,
        checks: HealthChecks,
        folder: Path,
        here: Here = tuple,
        siblings: Siblings | None = None,
    ) -> None:
        self._metrics = metrics
        self._checks = checks
        self._folder = folder
        self._here = here
        self._siblings = siblings

    async def text(self) -> tuple[bytes, str]:
        """The page and its media type. It is written in a thread: it can be long."""
        health, told, used, own = await asyncio.gather(
            self._checks.report(), self._told(), self._database_disk(), self._of_processes()
        )
        disks = {"mongodb": used, "data": await asyncio.to_thread(used_of, self._folder)}
        found = [
            *own,
            *engines(health),
            *numbers(health),
            *events(told),
            disk({name: part for name, part in disks.items() if part is not None}),
        ]
        written = await asyncio.to_thread(generate_latest, Gathered(found))
        return written, CONTENT_TYPE_PLAIN_1_0_0

    async def packed(self) -> bytes:
        """What was counted in this process, for its siblings."""
        return await asyncio.to_thread(lambda: packed(self._counted()))

    def _counted(self) -> list[Metric]:
        return [*self._metrics.registry.collect(), *self._here()]

    async def _of_processes(self) -> list[Metric]:
        siblings = self._siblings
        if siblings is None:
            return await asyncio.to_thread(self._counted)
        own, others = await asyncio.gather(self.packed(), siblings.ask())
        return await asyncio.to_thread(joined, {siblings.number: own, **others})

    async def _told(self) -> Mapping[str, int] | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._checks.backlog.told()
        except Exception:
            return None

    async def _database_disk(self) -> float | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._checks.backlog.disk()
        except Exception:
            return None


def of_edge(sockets: Sockets, cache: OperationCache) -> Iterator[Metric]:
    """What a process that serves clients holds."""
    yield gauge("brandgraph_sockets", "Open sockets and event streams.", len(sockets))
    lookups = CounterMetricFamily(
        "brandgraph_prepared_lookups", "Operations that were, or were not, prepared before.",
        labels=["result"],
    )  # fmt: skip
    lookups.add_metric(["hit"], cache.hits)
    lookups.add_metric(["miss"], cache.misses)
    yield lookups
    yield gauge("brandgraph_prepared_bytes", "Memory of prepared operations.", cache.size)


class Gathered(Collector):
    """Metrics that were made for this scrape."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        """All of them."""
        return self._found


def engines(health: Health) -> Iterator[Metric]:
    """Whether each engine answers, and how fast."""
    up = GaugeMetricFamily("brandgraph_engine_up", "1 while it answers.", labels=["engine"])
    ping = GaugeMetricFamily(
        "brandgraph_engine_ping_seconds", "How long it took to answer.", labels=["engine"]
    )
    for name in ("mongodb", "redis"):
        part = health.parts[name]
        up.add_metric([name], part.status == "ok")
        if (milliseconds := part.facts.get("milliseconds")) is not None:
            ping.add_metric([name], milliseconds / 1000)
    yield from (up, ping)


def numbers(health: Health) -> Iterator[Metric]:
    """What waits."""
    for place, (name, about) in NUMBERS.items():
        part, _, fact = place.partition(".")
        value = health.parts[part].facts.get(fact) if part in health.parts else None
        if value is not None:
            yield gauge(name, about, value)


def events(told: Mapping[str, int] | None) -> Iterator[Metric]:
    """What was told, of the whole deployment: every process says the same."""
    if told is None:
        return
    by_type = CounterMetricFamily(
        "brandgraph_events_told", "Events told, by the whole deployment.", labels=["type"]
    )
    for type, count in told.items():
        by_type.add_metric([type], count)
    yield by_type
    for type, (name, about) in TOLD.items():
        yield CounterMetricFamily(name, about, value=told.get(type, 0))


def disk(used: Mapping[str, float]) -> Metric:
    """The part of each disk that is used."""
    found = GaugeMetricFamily("brandgraph_disk_used_ratio", "Used part, 0 to 1.", labels=["disk"])
    for name, part in used.items():
        found.add_metric([name], part)
    return found


def used_of(folder: Path) -> float | None:
    """The used part of the disk that a folder is on; None where there is no such folder."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return None
    return found.used / found.total


def gauge(name: str, about: str, value: float) -> Metric:
    """A number as it is now."""
    return GaugeMetricFamily(name, about, value=value)
