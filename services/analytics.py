"""Analytics: what a workspace gained in a period, beside the one before it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from datasources import figures
from datasources.content import Contents, Platform
from datasources.covers import Clock as Stretch
from datasources.editions import Edition, Editions
from datasources.figure_cache import FigureCache
from datasources.figures import DayGain, PieceGain
from datasources.rollups import ContentGains, Rollup, WorkspaceGains
from datasources.snapshots import Metric
from services.access import Access
from services.clock import Clock
from services.engagement import Totals, totals
from services.entitlements import Entitlements
from services.periods import (
    DAYS,
    AnalyticsPeriod,
    Interval,
    Span,
    begins,
    midnight,
    offsets,
    previous,
    span,
    steps,
)
from services.permissions import Permission
from services.plans import Limit
from services.users import UserService
from services.validation import time_zone
from services.viewer import Viewer

STEP = {
    AnalyticsPeriod.DAY: Interval.DAY,
    AnalyticsPeriod.WEEK: Interval.DAY,
    AnalyticsPeriod.MONTH: Interval.DAY,
    AnalyticsPeriod.QUARTER: Interval.WEEK,
    AnalyticsPeriod.YEAR: Interval.MONTH,
}
"""The steps that a period is shown in, where nothing else is asked for."""


class Point(msgspec.Struct, frozen=True):
    """A step of a series: its first local day, when that begins, and what was gained in it."""

    day: date
    starts_at: datetime
    totals: Totals


class PlatformFigures(msgspec.Struct, frozen=True):
    """What was gained on one platform, and in the period before."""

    platform: Platform
    totals: Totals
    previous: Totals
    metrics: dict[Metric, int]
    series: list[Point]


class Overview(msgspec.Struct, frozen=True):
    """A workspace in a period. `zone` is the IANA name of the place whose days were taken."""

    workspace_id: str
    period: AnalyticsPeriod
    interval: Interval
    starts_at: datetime
    ends_at: datetime
    zone: str
    totals: Totals
    previous: Totals
    platforms: list[PlatformFigures]
    series: list[Point]


class Question(msgspec.Struct, frozen=True):
    """What is asked: the period, the place (None: the viewer's own), the steps (None: fitting)."""

    period: AnalyticsPeriod
    zone: str | None = None
    interval: Interval | None = None


class AnalyticsService:
    """Whoever has ANALYTICS_READ in a workspace sees what its content did, as far back as the plan
    goes: PlanLimit beyond.

    Computed from the rollups, and kept for as long as they are the same and the hour is.
    """

    def __init__(
        self,
        gains: Rollup[WorkspaceGains],
        content_gains: Rollup[ContentGains],
        contents: Contents,
        editions: Editions,
        cache: FigureCache,
        access: Access,
        entitlements: Entitlements,
        users: UserService,
        clock: Clock,
    ) -> None:
        self._gains = gains
        self._content_gains = content_gains
        self._contents = contents
        self._editions = editions
        self.cache = cache
        self._access = access
        self._entitlements = entitlements
        self._users = users
        self._clock = clock

    async def allow(self, viewer: Viewer, workspace_id: str, period: AnalyticsPeriod) -> None:
        """Pass, or raise, as those do who tell figures of such a period."""
        await self._access.check(viewer, Permission.ANALYTICS_READ, workspace_id)
        await self._entitlements.reaches(workspace_id, Limit.HISTORY, DAYS[period])

    async def overview(self, viewer: Viewer, workspace_id: str, asked: Question) -> Overview:
        """The workspace's figures, with a series by day, week or month."""
        await self.allow(viewer, workspace_id, asked.period)
        zone = ZoneInfo(await self.zone(viewer, asked.zone))
        now = span(asked.period, zone, self._clock())
        interval = asked.interval or STEP[asked.period]
        name = f"overview:{asked.period}:{interval}:{zone.key}:{now.ends.isoformat()}"
        edition = await self._editions.now(workspace_id)
        return await self.cache.get(
            workspace_id,
            edition.version,
            name,
            Overview,
            lambda: self._overview(edition, asked.period, interval, now),
        )

    async def pieces(
        self, viewer: Viewer, workspace_id: str, asked: Question
    ) -> tuple[Span, list[PieceGain]]:
        """What each piece gained in the period, by platform, and what the piece is now."""
        await self.allow(viewer, workspace_id, asked.period)
        zone = ZoneInfo(await self.zone(viewer, asked.zone))
        within = span(asked.period, zone, self._clock())
        edition, changed = await asyncio.gather(
            self._editions.now(workspace_id), self._contents.changed_at(workspace_id)
        )
        stretch = clock_of(within, edition)
        found = await self.cache.get(
            workspace_id,
            edition.version,
            f"pieces:{within.starts.isoformat()}:{within.ends.isoformat()}:{changed}",
            list[PieceGain],
            lambda: figures.by_piece(self._content_gains, self._contents, workspace_id, stretch),
        )
        return within, found

    async def edition(self, workspace_id: str) -> Edition:
        """That of a workspace's figures: of another version as soon as any of them changes."""
        return await self._editions.now(workspace_id)

    async def zone(self, viewer: Viewer, named: str | None) -> str:
        """The IANA name of the place that is meant: the viewer's own where none is named."""
        if named is not None:
            return time_zone("timeZone", named)
        found = (await self._users.get_many([viewer.id()]))[0]
        return found.time_zone if found else "UTC"

    async def _overview(
        self, edition: Edition, period: AnalyticsPeriod, interval: Interval, now: Span
    ) -> Overview:
        home, earlier = edition.id, clock_of(previous(period, now), edition)
        gains, before = await asyncio.gather(
            figures.by_step(self._gains, home, clock_of(now, edition, interval), interval),
            figures.by_platform(self._gains, home, earlier),
        )
        platforms = [
            of_platform(platform, gains, before.get(platform, {}), now, interval)
            for platform in Platform
            if platform in before or any(each.platform is platform for each in gains)
        ]
        return Overview(
            workspace_id=home,
            period=period,
            interval=interval,
            starts_at=now.starts,
            ends_at=now.ends,
            zone=now.zone.key,
            totals=added(each.totals for each in platforms),
            previous=added(each.previous for each in platforms),
            platforms=platforms,
            series=series(gains, now, interval),
        )


def clock_of(of: Span, edition: Edition, interval: Interval | None = None) -> Stretch:
    """As the rollups are asked; by hour alone where the one by day is behind."""
    ahead = [(each.since, each.ahead) for each in offsets(of)]
    return Stretch(of.starts, of.ends, ahead, begins(of, interval) if edition.daily else ())


def of_platform(
    platform: Platform,
    gains: Sequence[DayGain],
    before: dict[Metric, int],
    now: Span,
    interval: Interval,
) -> PlatformFigures:
    """One platform's part."""
    mine = [each for each in gains if each.platform is platform]
    metrics: dict[Metric, int] = {}
    for each in mine:
        for metric, amount in each.sums.items():
            metrics[metric] = metrics.get(metric, 0) + amount
    return PlatformFigures(
        platform=platform,
        totals=totals(platform, metrics),
        previous=totals(platform, before),
        metrics=metrics,
        series=series(mine, now, interval),
    )


def series(gains: Iterable[DayGain], now: Span, interval: Interval) -> list[Point]:
    """Every step of the span, those without a gain as well."""
    found = dict.fromkeys(steps(now, interval), Totals())
    for each in gains:
        found[each.day] = found[each.day].plus(totals(each.platform, each.sums))
    return [
        Point(day, max(midnight(day, now.zone), now.starts), sums) for day, sums in found.items()
    ]


def added(parts: Iterable[Totals]) -> Totals:
    """All together."""
    sums = Totals()
    for each in parts:
        sums = sums.plus(each)
    return sums
