"""Recommendations: what a workspace could write about next, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from datasources.recommendations import RecommendationFeedback, RecommendationVerdict
from services import recommendation_reasons as reasons
from services.access import Access
from services.cursors import size_of
from services.failures import NotFound
from services.meanings import Meanings, centre, cosine
from services.permissions import Permission
from services.recommendation_candidates import (
    SILENT,
    Candidate,
    of_pillars,
    of_successes,
    of_theme,
    themes_of,
)
from services.recommendation_choice import Recommendation, scored, shown
from services.recommendation_feedback import RecommendationFeedbackService
from services.recommendation_ground import Ground, Grounds, Own
from services.recommendation_ranking import Scored, ranked
from services.recommendation_trends import TrendCandidates
from services.topic_phrases import shortlist, whole
from services.viewer import Viewer

TOPICS = 10
SAID = 0.6
"""From this cosine on something counts as said."""


class RecommendationService:
    """Whoever reads content is recommended topics, from what else they may see."""

    def __init__(
        self,
        grounds: Grounds,
        meanings: Meanings,
        trends: TrendCandidates,
        feedback: RecommendationFeedbackService,
        access: Access,
    ) -> None:
        self._grounds = grounds
        self._meanings = meanings
        self._trends = trends
        self._feedback = feedback
        self._access = access

    async def check(self, viewer: Viewer, workspace_id: str) -> None:
        """Pass, or raise, as `topics` does."""
        await self._access.check(viewer, Permission.CONTENT_READ, workspace_id)

    async def topics(
        self, viewer: Viewer, workspace_id: str, first: int | None = None
    ) -> list[Recommendation]:
        """The best 1 to 100, else 10, unlike each other.

        What rests on figures needs ANALYTICS_READ, what rests on pillars BRAND_READ; a caller
        without is recommended the rest. Raises `ModelFailure` and `BudgetExceeded`.
        """
        size = size_of("first", first) or TOPICS
        ground, found = await self._scored(viewer, workspace_id)
        best = await asyncio.to_thread(ranked, found, size)
        return [shown(each, ground) for each in best]

    async def answer(
        self, viewer: Viewer, workspace_id: str, id: str, verdict: RecommendationVerdict
    ) -> RecommendationFeedback:
        """Say something to a recommendation; NotFound for one that is not made, nor was answered.

        Needs CONTENT_WRITE.
        """
        changed = await self._feedback.change(viewer, workspace_id, id, verdict)
        if changed is not None:
            return changed
        ground, found = await self._scored(viewer, workspace_id)
        meant = next((each for each in found if each.id == id), None)
        if meant is None:
            raise NotFound("recommendation", id)
        return await self._feedback.keep(
            viewer, workspace_id, id, meant.candidate, ground.model, verdict
        )

    async def _scored(self, viewer: Viewer, workspace_id: str) -> tuple[Ground, list[Scored]]:
        await self.check(viewer, workspace_id)
        allows = self._access.allows
        ground = await self._grounds.of(
            workspace_id,
            viewer.user_id,
            figures=await allows(viewer, Permission.ANALYTICS_READ, workspace_id),
            pillars=await allows(viewer, Permission.BRAND_READ, workspace_id),
        )
        said = await self._feedback.answered(workspace_id, ground.model)
        found = await self._candidates(viewer, ground)
        return ground, await asyncio.to_thread(scored, found, ground, said)

    async def _candidates(self, viewer: Viewer, ground: Ground) -> list[Candidate]:
        own = await asyncio.to_thread(lambda: [*of_pillars(ground), *of_successes(ground)])
        themes, trends = await self._themes(viewer, ground), await self._trends.of(ground)
        return await self._unsaid(ground, [*own, *themes, *trends])

    async def _themes(self, viewer: Viewer, ground: Ground) -> list[Candidate]:
        """Themes of one's own that were left alone."""
        groups = await asyncio.to_thread(themes_of, ground)
        found = [await self._theme(viewer, ground, group) for group in groups]
        return [each for each in found if each is not None]

    async def _theme(
        self, viewer: Viewer, ground: Ground, group: Sequence[Own]
    ) -> Candidate | None:
        """One of them, named by the phrase that is closest to all of it."""
        texts = [whole(piece.content.title, piece.content.body) for piece in group]
        names = await asyncio.to_thread(shortlist, texts)
        if not names:
            return None
        vectors = await self._meanings.of(ground.workspace_id, viewer.user_id, names)
        middle = centre([piece.vector for piece in group])
        close = [cosine(vector, middle) for vector in vectors]
        return of_theme(group, names[close.index(max(close))], ground)

    async def _unsaid(self, ground: Ground, found: Sequence[Candidate]) -> list[Candidate]:
        """Those that nothing written in the last 30 days comes close to."""
        asked = [each for each in found if not each.settled]
        written = await self._meanings.said(
            ground.workspace_id,
            [each.vector for each in asked],
            ground.now - timedelta(days=SILENT),
        )
        lately = [piece.vector for piece in ground.since(SILENT)]
        kept = [each for each in found if each.settled]
        for each, close in zip(asked, written, strict=True):
            closest = max([close, *(cosine(each.vector, vector) for vector in lately)])
            if closest < SAID:
                kept.append(each.with_reason(reasons.of_silence(closest)))
        return kept
