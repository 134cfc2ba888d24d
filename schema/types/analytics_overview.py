"""A workspace's figures in full: with series, platforms, and what its pieces have in common."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources.figures import PieceGain
from schema.context import Info
from schema.enums import AnalyticsDimension, AnalyticsInterval, AnalyticsPeriod
from schema.fields import field
from schema.relation import relation
from schema.types.analytics import (
    AnalyticsGrowth,
    AnalyticsPoint,
    AnalyticsTotals,
    PlatformAnalytics,
)
from schema.types.content import Content
from services.analytics import Overview, Question
from services.breakdown import Ranked, Slice, ranked, slices, worst
from services.failures import BadInput
from services.periods import Span

MOST = 100


@strawberry.type(description="What pieces with something in common gained.")
class AnalyticsSlice:
    """`key` is what they have in common; UNKNOWN is what has no such value."""

    key: str
    pieces: int
    totals: AnalyticsTotals

    @classmethod
    def of(cls, slice: Slice) -> AnalyticsSlice:
        """From what was computed."""
        return cls(key=slice.key, pieces=slice.pieces, totals=AnalyticsTotals.of(slice.totals))


@strawberry.type(description="A piece, and what it gained in the period.")
class RankedContent:
    """The piece is null for a caller that may not read it."""

    content_id: strawberry.Private[str]
    totals: AnalyticsTotals
    content: Content | None = relation("content_id", "content", "The piece.")

    @classmethod
    def of(cls, ranked: Ranked) -> RankedContent:
        """From what was computed."""
        return cls(content_id=ranked.content_id, totals=AnalyticsTotals.of(ranked.totals))


@strawberry.type(description="How a workspace's content did in a period.")
class AnalyticsOverview:
    """Local days are those of `time_zone`."""

    found: strawberry.Private[Overview]
    workspace_id: strawberry.ID
    period: AnalyticsPeriod
    interval: AnalyticsInterval
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    totals: AnalyticsTotals
    previous: AnalyticsTotals
    growth: AnalyticsGrowth
    platforms: list[PlatformAnalytics]
    series: list[AnalyticsPoint]

    @classmethod
    def of(cls, overview: Overview) -> AnalyticsOverview:
        """From what was computed."""
        return cls(
            found=overview,
            workspace_id=strawberry.ID(overview.workspace_id),
            period=overview.period,
            interval=overview.interval,
            starts_at=overview.starts_at,
            ends_at=overview.ends_at,
            time_zone=overview.zone,
            totals=AnalyticsTotals.of(overview.totals),
            previous=AnalyticsTotals.of(overview.previous),
            growth=AnalyticsGrowth.of(overview.totals, overview.previous),
            platforms=[PlatformAnalytics.of(each) for each in overview.platforms],
            series=[AnalyticsPoint.of(each) for each in overview.series],
        )

    @field("The same by what pieces have in common, that with the most engagement first.", cost=10)
    async def breakdown(self, info: Info, by: AnalyticsDimension) -> list[AnalyticsSlice]:
        """The parts."""
        span, gains = await pieces(info, self.found)
        return [AnalyticsSlice.of(each) for each in slices(gains, by, span.zone)]

    @field("The pieces that did best, by engagement and then by impressions.", cost=10)
    async def top(self, info: Info, first: int = 5) -> list[RankedContent]:
        """Best first."""
        _, gains = await pieces(info, self.found)
        return [RankedContent.of(each) for each in ranked(gains)[: counted(first)]]

    @field("The pieces of the period that did worst; of none, all that gained in it.", cost=10)
    async def bottom(self, info: Info, first: int = 5) -> list[RankedContent]:
        """Worst first."""
        span, gains = await pieces(info, self.found)
        return [RankedContent.of(each) for each in worst(gains, span.starts)[: counted(first)]]


async def pieces(info: Info, of: Overview) -> tuple[Span, list[PieceGain]]:
    """What each piece gained in the period of an overview."""
    context = info.context
    asked = Question(of.period, of.zone)
    return await context.services.analytics.pieces(context.viewer, of.workspace_id, asked)


def counted(first: int) -> int:
    """How many are wanted, within bounds."""
    if not 1 <= first <= MOST:
        raise BadInput("first", f"is {first}.", f"1 to {MOST}")
    return first
