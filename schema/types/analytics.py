"""Analytics: what content did in a period, beside the one before it."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from schema.enums import AnalyticsPeriod, Metric, Platform
from schema.types.content import Content
from schema.types.metric import MetricCount
from schema.types.performance import shown
from services.analytics import Overview, PlatformFigures, Point
from services.engagement import Totals, growth
from services.performance import Performance


@strawberry.type(description="What was gained in some stretch.")
class AnalyticsTotals:
    """`engagement_rate` is engagement by impressions."""

    impressions: int
    engagement: int
    engagement_rate: float

    @classmethod
    def of(cls, totals: Totals) -> AnalyticsTotals:
        """From what was computed."""
        return cls(
            impressions=shown(totals.impressions),
            engagement=shown(totals.engagement),
            engagement_rate=totals.engagement_rate,
        )


@strawberry.type(
    description="By what part figures rose against the period before: 0.2 is a fifth more, null "
    "is that there was nothing to compare with."
)
class AnalyticsGrowth:
    """The parts."""

    impressions: float | None
    engagement: float | None
    engagement_rate: float | None

    @classmethod
    def of(cls, now: Totals, before: Totals) -> AnalyticsGrowth:
        """From both periods."""
        return cls(
            impressions=growth(now.impressions, before.impressions),
            engagement=growth(now.engagement, before.engagement),
            engagement_rate=growth(now.engagement_rate, before.engagement_rate),
        )


@strawberry.type(description="A step of a series.")
class AnalyticsPoint:
    """`date` is its first local day, `starts_at` when that, or the period, begins."""

    date: date
    starts_at: datetime
    totals: AnalyticsTotals

    @classmethod
    def of(cls, point: Point) -> AnalyticsPoint:
        """From what was computed."""
        return cls(
            date=point.day, starts_at=point.starts_at, totals=AnalyticsTotals.of(point.totals)
        )


@strawberry.type(description="What one counter gained.")
class MetricGain:
    """The gain; below 0 where a platform took back what it had counted."""

    metric: Metric
    gained: int


@strawberry.type(description="One platform's part of a period.")
class PlatformAnalytics:
    """The figures. docs/analytics.md tells what counts as engagement on each platform."""

    platform: Platform
    totals: AnalyticsTotals
    previous: AnalyticsTotals
    growth: AnalyticsGrowth
    metrics: list[MetricGain]
    series: list[AnalyticsPoint]

    @classmethod
    def of(cls, figures: PlatformFigures) -> PlatformAnalytics:
        """From what was computed."""
        return cls(
            platform=figures.platform,
            totals=AnalyticsTotals.of(figures.totals),
            previous=AnalyticsTotals.of(figures.previous),
            growth=AnalyticsGrowth.of(figures.totals, figures.previous),
            metrics=[
                MetricGain(metric=metric, gained=shown(amount))
                for metric, amount in figures.metrics.items()
            ],
            series=[AnalyticsPoint.of(each) for each in figures.series],
        )


@strawberry.type(description="How content did in a period, in brief.")
class Analytics:
    """The figures. `engagement_rate` is engagement by impressions."""

    period: AnalyticsPeriod
    starts_at: datetime
    ends_at: datetime
    impressions: int
    engagement: int
    engagement_rate: float
    previous: AnalyticsTotals
    growth: AnalyticsGrowth

    @classmethod
    def of(cls, overview: Overview) -> Analytics:
        """From what was computed."""
        return cls(
            period=overview.period,
            starts_at=overview.starts_at,
            ends_at=overview.ends_at,
            impressions=shown(overview.totals.impressions),
            engagement=shown(overview.totals.engagement),
            engagement_rate=overview.totals.engagement_rate,
            previous=AnalyticsTotals.of(overview.previous),
            growth=AnalyticsGrowth.of(overview.totals, overview.previous),
        )


@strawberry.type(description="How one piece does, from publication until now.")
class ContentAnalytics:
    """`counts` tell each counter, when it was last asked for, and whether there is a figure."""

    content: Content
    time_zone: str
    totals: AnalyticsTotals
    counts: list[MetricCount]
    series: list[AnalyticsPoint]

    @classmethod
    def of(cls, found: Performance) -> ContentAnalytics:
        """From what the service found."""
        return cls(
            content=Content.of(found.content),
            time_zone=found.zone,
            totals=AnalyticsTotals.of(found.totals),
            counts=[count for each in found.standings for count in MetricCount.of(each)],
            series=[AnalyticsPoint.of(each) for each in found.series],
        )
