"""Insights: what a workspace's figures teach, as far as they carry it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from datasources.content import Platform
from datasources.editions import Editions
from datasources.figure_cache import FigureCache
from datasources.posts import Posted, posts
from datasources.standings import Standings
from services import insight_texts
from services.access import Access
from services.analytics import AnalyticsService
from services.benchmarking import Benchmarking
from services.clock import Clock
from services.engagement import totals
from services.insight_texts import Insight, InsightType
from services.patterns import Findings, Sample, change, findings
from services.periods import AnalyticsPeriod, span
from services.permissions import Permission
from services.post_features import Trait, features
from services.viewer import Viewer

YEAR = timedelta(days=365)
MONTH = timedelta(days=30)
RIPE = timedelta(days=2)
"""A post's figures count once it has had two days."""

TIMES = (Trait.HOUR, Trait.WEEKDAY)
SHOWN_OUTLIERS = 3
NAMED = 60


class BestTime(msgspec.Struct, frozen=True):
    """When posts on a platform do better: three hours, or a weekday, by the local clock."""

    platform: Platform
    weekday: str | None
    hours: str | None
    factor: float
    low: float
    high: float
    posts: int


class InsightReport(msgspec.Struct, frozen=True):
    """All that was found. `posts` is how many of the last year were looked at, a piece counting
    once for each platform; `zone` is the place whose clock hours and weekdays are by.
    """

    generated_at: datetime
    zone: str
    posts: int
    summary: str
    action_items: list[str]
    insights: list[Insight]
    best_times: list[BestTime]


class InsightService:
    """Whoever has ANALYTICS_READ in a workspace is told."""

    def __init__(
        self,
        standings: Standings,
        editions: Editions,
        cache: FigureCache,
        analytics: AnalyticsService,
        benchmarking: Benchmarking,
        access: Access,
        clock: Clock,
    ) -> None:
        self._standings = standings
        self._editions = editions
        self._cache = cache
        self._analytics = analytics
        self._benchmarking = benchmarking
        self._access = access
        self._clock = clock

    async def report(self, viewer: Viewer, workspace_id: str, zone: str | None) -> InsightReport:
        """What the figures teach, computed anew when they change, and once an hour."""
        await self._access.check(viewer, Permission.ANALYTICS_READ, workspace_id)
        place = ZoneInfo(await self._analytics.zone(viewer, zone))
        hour = span(AnalyticsPeriod.DAY, place, self._clock()).ends
        return await self._cache.get(
            workspace_id,
            await self._editions.version(workspace_id),
            f"insights:{place.key}:{hour.isoformat()}",
            InsightReport,
            lambda: self._report(workspace_id, place),
        )

    async def _report(self, workspace_id: str, zone: ZoneInfo) -> InsightReport:
        now = self._clock()
        found = await posts(self._standings, workspace_id, now - YEAR, now - RIPE)
        computed = await asyncio.to_thread(computed_from, workspace_id, found, zone, now)
        comparison = await self._benchmarking.comparison(workspace_id)
        insights = list(computed.insights)
        if comparison and not comparison.low <= 0.5 <= comparison.high:
            insights.append(insight_texts.of_benchmark(workspace_id, comparison))
        return InsightReport(
            generated_at=now,
            zone=zone.key,
            posts=len(found),
            summary=insight_texts.summary(
                len(found), len({each.content_id for each in found}), computed.usable, insights
            ),
            action_items=actions(insights),
            insights=insights,
            best_times=list(computed.best_times),
        )


class Computed(msgspec.Struct, frozen=True):
    """What statistics alone find, and in how many posts that were seen often enough."""

    usable: int
    insights: Sequence[Insight]
    best_times: Sequence[BestTime]


def computed_from(
    workspace_id: str, found: Sequence[Posted], zone: ZoneInfo, now: datetime
) -> Computed:
    """All of it; some tenths of a second, of processor."""
    samples = {sample.id: sample for sample in (sample_of(each, zone) for each in found)}
    whole = findings(list(samples.values()))
    insights = changes(workspace_id, found, samples, now)
    insights += [
        insight_texts.of_pattern(workspace_id, each, None, zone.key)
        for each in whole.patterns
        if each.feature.trait not in TIMES
    ]
    times: list[BestTime] = []
    for platform in sorted({each.platform for each in found}):
        mine = findings([each for each in samples.values() if each.platform is platform])
        timed = [each for each in mine.patterns if each.feature.trait in TIMES]
        insights += [
            insight_texts.of_pattern(workspace_id, each, platform, zone.key) for each in timed
        ]
        times += [
            BestTime(
                platform=platform,
                weekday=value(each.feature.value, each.feature.trait is Trait.WEEKDAY),
                hours=value(each.feature.value, each.feature.trait is Trait.HOUR),
                factor=each.factor,
                low=each.low,
                high=each.high,
                posts=each.posts,
            )
            for each in timed
            if each.factor > 1
        ]
    insights += stand_outs(workspace_id, found, whole)
    return Computed(whole.posts, insights, sorted(times, key=lambda each: -each.factor))


def value(text: str, fits: bool) -> str | None:
    """The text, if it is of that kind."""
    return text if fits else None


def sample_of(post: Posted, zone: ZoneInfo) -> Sample:
    """As statistics see it."""
    counted = totals(post.platform, post.counts)
    return Sample(sample_id(post), post.platform, counted, features(post, zone))


def sample_id(post: Posted) -> str:
    """A piece on a platform."""
    return f"{post.content_id}:{post.platform}"


def changes(
    workspace_id: str, found: Sequence[Posted], samples: dict[str, Sample], now: datetime
) -> list[Insight]:
    """Whether the last month's posts do better, or worse, than those of the month before."""
    recent = [each for each in found if each.published_at >= now - RIPE - MONTH]
    before = [
        each for each in found if now - RIPE - 2 * MONTH <= each.published_at < now - RIPE - MONTH
    ]
    seen = change(
        [samples[sample_id(each)] for each in recent],
        [samples[sample_id(each)] for each in before],
    )
    if seen is None:
        return []
    return [insight_texts.of_change(workspace_id, seen, len(recent) + len(before))]


def stand_outs(workspace_id: str, found: Sequence[Posted], whole: Findings) -> list[Insight]:
    """The posts that stand out most."""
    named = {sample_id(each): each.title or each.opening.partition("\n")[0] for each in found}
    reach = math.exp(-1.96 * whole.spread), math.exp(1.96 * whole.spread)
    return [
        insight_texts.of_outlier(workspace_id, each, named[each.id][:NAMED], whole.posts, reach)
        for each in whole.outliers[:SHOWN_OUTLIERS]
    ]


def actions(insights: Sequence[Insight]) -> list[str]:
    """What to do, without repeats; what only describes asks for nothing."""
    active = (InsightType.INSIGHT, InsightType.OPTIMIZATION)
    wanted = [each.recommendation for each in insights if each.type in active]
    return list(dict.fromkeys(wanted))
