"""Reports: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import AnalyticsInterval, AnalyticsPeriod, Permission, ReportFormat
from schema.fields import field
from schema.permissions import needs
from schema.types.job import Job
from schema.types.report import Report, ReportConnection
from services.analytics import Question
from services.cursors import window
from services.reports import LISTED

COST = 50


@strawberry.type
class ReportQueries:
    """Reading."""

    @field(
        "One report; null where there is none that you can see.", needs(Permission.ANALYTICS_READ)
    )
    async def report(self, info: Info, id: strawberry.ID) -> Report | None:
        """By its id."""
        context = info.context
        return Report.of(await context.services.reports.get(context.viewer, id))

    @field(
        "A workspace's reports of the last week, latest first; the personal one's where none is "
        "named.",
        needs(Permission.ANALYTICS_READ),
    )
    async def reports(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ReportConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        return ReportConnection.of(
            await context.services.reports.page(context.viewer, workspace, slice)
        )


@strawberry.type
class ReportMutations:
    """Having a period's figures written down."""

    @field(
        "Have the figures of a period that ends now written down, as CSV or as a page with "
        "charts: those of `analyticsOverview`. Follow the job by `jobUpdated`; its `report` has "
        "the link.",
        needs(Permission.ANALYTICS_READ),
        cost=COST,
    )
    async def export_report(
        self,
        info: Info,
        period: AnalyticsPeriod,
        format: ReportFormat = ReportFormat.HTML,
        workspace_id: strawberry.ID | None = None,
        time_zone: str | None = None,
        interval: AnalyticsInterval | None = None,
    ) -> Job:
        """The job."""
        context = info.context
        workspace = await home(context, workspace_id)
        asked = Question(period, time_zone, interval)
        return Job.of(
            await context.services.reports.start(context.viewer, workspace, asked, format)
        )
