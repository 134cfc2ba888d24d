"""Analytics: Query fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import AnalyticsInterval, AnalyticsPeriod, Permission, Platform
from schema.fields import field
from schema.permissions import needs
from schema.types.analytics import (
    Analytics,
    ContentAnalytics,
    PlatformAnalytics,
)
from schema.types.analytics_overview import AnalyticsOverview
from services.analytics import Overview, Question

WHERE = " The personal workspace's where none is named, in your own time zone where none is."


@strawberry.type
class AnalyticsQueries:
    """Reading figures."""

    @field("How content did in a period that ends now." + WHERE, needs(Permission.ANALYTICS_READ))
    async def analytics(
        self,
        info: Info,
        period: AnalyticsPeriod,
        workspace_id: strawberry.ID | None = None,
        time_zone: str | None = None,
    ) -> Analytics:
        """In brief."""
        return Analytics.of(await overview(info, workspace_id, Question(period, time_zone)))

    @field(
        "How content did: totals, growth, platforms, and a series by local day, week or month."
        + WHERE,
        needs(Permission.ANALYTICS_READ),
    )
    async def analytics_overview(
        self,
        info: Info,
        period: AnalyticsPeriod = AnalyticsPeriod.MONTH,
        workspace_id: strawberry.ID | None = None,
        time_zone: str | None = None,
        interval: AnalyticsInterval | None = None,
    ) -> AnalyticsOverview:
        """All of it."""
        asked = Question(period, time_zone, interval)
        return AnalyticsOverview.of(await overview(info, workspace_id, asked))

    @field(
        "How content did on one platform; null where it has no figures." + WHERE,
        needs(Permission.ANALYTICS_READ),
    )
    async def platform_analytics(
        self,
        info: Info,
        platform: Platform,
        period: AnalyticsPeriod = AnalyticsPeriod.MONTH,
        workspace_id: strawberry.ID | None = None,
        time_zone: str | None = None,
        interval: AnalyticsInterval | None = None,
    ) -> PlatformAnalytics | None:
        """That platform's part."""
        found = await overview(info, workspace_id, Question(period, time_zone, interval))
        mine = (each for each in found.platforms if each.platform is platform)
        return next((PlatformAnalytics.of(each) for each in mine), None)

    @field(
        "How one piece does, from publication until now; local days are yours where no time zone "
        "is named.",
        needs(Permission.ANALYTICS_READ),
    )
    async def content_analytics(
        self,
        info: Info,
        id: strawberry.ID,
        time_zone: str | None = None,
        interval: AnalyticsInterval = AnalyticsInterval.DAY,
    ) -> ContentAnalytics:
        """One piece."""
        context = info.context
        return ContentAnalytics.of(
            await context.services.performance.piece(context.viewer, id, time_zone, interval)
        )


async def overview(info: Info, workspace_id: str | None, asked: Question) -> Overview:
    """The figures of the workspace that is meant."""
    context = info.context
    workspace = await home(context, workspace_id)
    return await context.services.analytics.overview(context.viewer, workspace, asked)
