"""Insights: Query and Mutation fields."""

from __future__ import annotations

from datetime import datetime

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission, Platform
from schema.fields import field
from schema.permissions import needs
from schema.types.insight import Insight, InsightReport
from schema.types.prediction import EngagementPrediction
from services import insights

WHERE = " The personal workspace's where none is named, in your own time zone where none is."


@strawberry.type
class InsightQueries:
    """What the figures teach."""

    @field(
        "What the figures teach: nothing that chance would show as well." + WHERE,
        needs(Permission.ANALYTICS_READ),
        cost=50,
    )
    async def insights(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        time_zone: str | None = None,
    ) -> list[Insight]:
        """One by one."""
        found = await report(info, workspace_id, time_zone)
        return [Insight.of(each) for each in found.insights]

    @field(
        "The same with a summary, what to do, and the best times to publish." + WHERE,
        needs(Permission.ANALYTICS_READ),
        cost=50,
    )
    async def insight_report(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        time_zone: str | None = None,
    ) -> InsightReport:
        """In full."""
        return InsightReport.of(await report(info, workspace_id, time_zone))

    @field(
        "What a piece may come to on a platform, if it went out then: now where no time is given. "
        "It says so where nobody can tell.",
        needs(Permission.ANALYTICS_READ),
        cost=20,
    )
    async def predict_engagement(
        self, info: Info, content_id: strawberry.ID, platform: Platform, at: datetime | None = None
    ) -> EngagementPrediction:
        """Before it is out."""
        context = info.context
        return EngagementPrediction.of(
            await context.services.prediction.of_content(context.viewer, content_id, platform, at)
        )


@strawberry.type
class InsightMutations:
    """Who is compared with whom."""

    @field(
        "Let a workspace be compared with others of its size that agreed as well: only its size "
        "and its engagement rate are used, and never among fewer than 20.",
        needs(Permission.WORKSPACE_WRITE),
    )
    async def join_benchmark(self, info: Info, workspace_id: strawberry.ID) -> bool:
        """Agree."""
        context = info.context
        return await context.services.benchmarking.join(context.viewer, workspace_id)

    @field("Take that back; what was computed is deleted.", needs(Permission.WORKSPACE_WRITE))
    async def leave_benchmark(self, info: Info, workspace_id: strawberry.ID) -> bool:
        """Disagree."""
        context = info.context
        return await context.services.benchmarking.leave(context.viewer, workspace_id)


async def report(
    info: Info, workspace_id: str | None, time_zone: str | None
) -> insights.InsightReport:
    """Of the workspace that is meant."""
    context = info.context
    workspace = await home(context, workspace_id)
    return await context.services.insights.report(context.viewer, workspace, time_zone)
