"""The part of the composition that deals in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasources.figure_cache import FigureCache
from datasources.mongo import Mongo
from datasources.reads import Reads
from datasources.redis import Redis
from datasources.rollups import Rollup
from datasources.stores import Stores
from services.access import Access
from services.adapters import Adapters
from services.analytics import AnalyticsService
from services.benchmarking import Benchmarking
from services.clock import Clock
from services.content import ContentService
from services.entitlements import Entitlements
from services.erasure import Forget
from services.events import Events
from services.feed_reads import FeedReads
from services.ids import NewId
from services.insights import InsightService
from services.ledger import Books, Ledger
from services.measuring import Measuring
from services.metric_imports import MetricImports
from services.metrics import MetricsService
from services.performance import PerformanceService
from services.prediction import PredictionService
from services.track_records import TrackRecords
from services.users import UserService


@dataclass(frozen=True, slots=True)
class Figures:
    """What brings figures in, and what is made of them."""

    cache: FigureCache
    ledger: Ledger
    metrics: MetricsService
    metric_imports: MetricImports
    analytics: AnalyticsService
    performance: PerformanceService
    benchmarking: Benchmarking
    insights: InsightService
    prediction: PredictionService
    feed_reads: FeedReads
    measuring: Measuring

    def forgetting(self, forget: Forget) -> Forget:
        """Forget topics, and what is kept of the workspaces among them."""

        async def both(topics: Sequence[str]) -> None:
            await forget(topics)
            found = [each.partition(":") for each in topics]
            await self.cache.forget([id for kind, _, id in found if kind == "workspace"])

        return both


def figures(
    mongo: Mongo,
    redis: Redis,
    stores: Stores,
    access: Access,
    entitlements: Entitlements,
    events: Events,
    users: UserService,
    content: ContentService,
    adapters: Adapters,
    clock: Clock,
    new_id: NewId,
) -> Figures:
    """Wired together."""
    of_workspaces = Rollup(stores.analytics_hours, stores.analytics_days)
    of_pieces = Rollup(stores.content_hours, stores.content_days)
    books = Books(
        snapshots=stores.analytics_snapshots,
        standings=stores.analytics_standings,
        workspace_gains=of_workspaces,
        content_gains=of_pieces,
        editions=stores.analytics_editions,
    )
    ledger = Ledger(mongo, books, events)
    cache = FigureCache(redis)
    analytics = AnalyticsService(
        of_workspaces,
        of_pieces,
        stores.contents,
        stores.analytics_editions,
        cache,
        access,
        entitlements,
        users,
        clock,
    )
    metrics = MetricsService(stores.contents, access, ledger, clock)
    benchmarking = Benchmarking(
        stores.benchmarks, of_workspaces, stores.analytics_editions, access, clock
    )
    return Figures(
        feed_reads=FeedReads(
            mongo,
            Reads(redis),
            stores.contents,
            stores.analytics_standings,
            stores.analytics_editions,
            ledger,
            clock,
            new_id,
        ),
        prediction=PredictionService(
            TrackRecords(stores.analytics_standings, stores.analytics_editions, cache, clock),
            stores.prediction_priors,
            stores.benchmarks,
            content,
            analytics,
            access,
            clock,
        ),
        measuring=Measuring(stores.targets, adapters, ledger, clock),
        benchmarking=benchmarking,
        insights=InsightService(
            stores.analytics_standings,
            stores.analytics_editions,
            cache,
            analytics,
            benchmarking,
            access,
            clock,
        ),
        cache=cache,
        ledger=ledger,
        analytics=analytics,
        performance=PerformanceService(
            stores.analytics_standings, of_pieces, content, analytics, access, clock
        ),
        metrics=metrics,
        metric_imports=MetricImports(stores.targets, stores.contents, metrics, access, clock),
    )
