"""Recommendations: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission, RecommendationVerdict
from schema.fields import field
from schema.permissions import needs
from schema.types.recommendation import (
    RecommendationFeedback,
    RecommendationFeedbackConnection,
    Recommendations,
)
from services.cursors import window
from services.recommendation_feedback import LISTED


@strawberry.type
class RecommendationQueries:
    """What to say next."""

    @field(
        "What to say next, and when. For the personal workspace where none is named.",
        needs(Permission.CONTENT_READ),
    )
    async def recommendations(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> Recommendations:
        """Recommendations."""
        context = info.context
        workspace = await home(context, workspace_id)
        await context.services.recommendations.check(context.viewer, workspace)
        return Recommendations(workspace_id=workspace)

    @field(
        "What was said to recommendations, latest first; in the personal workspace where none is "
        "named.",
        needs(Permission.CONTENT_READ),
    )
    async def recommendation_feedback(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> RecommendationFeedbackConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        service = context.services.recommendation_feedback
        found = await service.page(context.viewer, workspace, slice)
        return RecommendationFeedbackConnection.of(found)


@strawberry.type
class RecommendationMutations:
    """What is said to them."""

    @field(
        "Say what you think of a recommendation: later ones heed it. ACCEPT hides it for 30 days "
        "and brings more like it, DISMISS hides it and what means the same for a year and brings "
        "less like it, LATER hides it for two weeks.",
        needs(Permission.CONTENT_WRITE),
    )
    async def answer_recommendation(
        self,
        info: Info,
        id: strawberry.ID,
        verdict: RecommendationVerdict,
        workspace_id: strawberry.ID | None = None,
    ) -> RecommendationFeedback:
        """As it is kept."""
        context = info.context
        workspace = await home(context, workspace_id)
        service = context.services.recommendations
        return RecommendationFeedback.of(
            await service.answer(context.viewer, workspace, id, verdict)
        )

    @field("Take that back, as if nothing had been said.", needs(Permission.CONTENT_WRITE))
    async def withdraw_recommendation_feedback(self, info: Info, id: strawberry.ID) -> bool:
        """Gone."""
        context = info.context
        await context.services.recommendation_feedback.withdraw(context.viewer, id)
        return True
