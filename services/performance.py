"""Performance: how one piece does, from publication until now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from datasources import figures
from datasources.content import Content
from datasources.rollups import ContentGains, Rollup
from datasources.standings import Standing, Standings
from services.access import Access
from services.analytics import AnalyticsService, Point, clock_of, series
from services.clock import Clock
from services.content import ContentService
from services.engagement import Totals, totals
from services.periods import AnalyticsPeriod, Interval, Span, midnight, span
from services.permissions import Permission
from services.viewer import Viewer

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Performance:
    """One piece: where its counters stand on each platform, and what it gained step by step."""

    content: Content
    totals: Totals
    standings: Sequence[Standing]
    zone: str
    series: Sequence[Point]


class PerformanceService:
    """Whoever has ANALYTICS_READ where a piece is sees how it does."""

    def __init__(
        self,
        standings: Standings,
        rollup: Rollup[ContentGains],
        content: ContentService,
        analytics: AnalyticsService,
        access: Access,
        clock: Clock,
    ) -> None:
        self._standings = standings
        self._rollup = rollup
        self._content = content
        self._analytics = analytics
        self._access = access
        self._clock = clock

    async def of(self, viewer: Viewer, ids: Sequence[str]) -> list[Totals | None]:
        """The totals of each piece; None without figures, or where the viewer may not see them."""
        found = await self._standings.of_contents(ids)
        homes = {each.workspace_id for standings in found.values() for each in standings}
        readable = {
            home: await self._access.allows(viewer, Permission.ANALYTICS_READ, home)
            for home in homes
        }
        return [
            stood(found[id]) if found[id] and readable[found[id][0].workspace_id] else None
            for id in ids
        ]

    async def piece(
        self, viewer: Viewer, id: str, zone: str | None, interval: Interval
    ) -> Performance:
        """All about one piece; its series begins with the first figure, a year ago at most."""
        content = await self._content.get(viewer, id, Permission.ANALYTICS_READ)
        place = ZoneInfo(await self._analytics.zone(viewer, zone))
        standings = (await self._standings.of_contents([id]))[id]
        within = self._span(standings, place)
        edition = await self._analytics.edition(content.workspace_id)
        clock = clock_of(within, edition, interval)
        gains = await figures.of_piece(self._rollup, id, clock, interval)
        return Performance(
            content, stood(standings), standings, place.key, series(gains, within, interval)
        )

    def _span(self, standings: Iterable[Standing], zone: ZoneInfo) -> Span:
        today = span(AnalyticsPeriod.DAY, zone, self._clock())
        known = [
            count.first_at
            for each in standings
            for count in each.counts.values()
            if count.first_at is not None
        ]
        first = max(min(known, default=today.starts), today.ends - LONGEST)
        starts = midnight(first.astimezone(UTC).astimezone(zone).date(), zone)
        return Span(min(starts, today.starts), today.ends, zone)


def stood(standings: Iterable[Standing]) -> Totals:
    """What the counters come to on all platforms."""
    sums = Totals()
    for each in standings:
        values = {metric: count.value or 0 for metric, count in each.counts.items()}
        sums = sums.plus(totals(each.platform, values))
    return sums
