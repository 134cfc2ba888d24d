"""What is said to recommendations: kept a workspace, and heard by the next ones."""

from __future__ import annotations

from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.recommendations import (
    RecommendationFeedback,
    RecommendationFeedbacks,
    RecommendationVerdict,
)
from datasources.vectors import packed, unpacked
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.failures import NotFound
from services.permissions import Permission
from services.recommendation_candidates import Candidate
from services.recommendation_ranking import Answered
from services.viewer import Viewer

LISTED = Order("updated_at")
HEARD = 300
"""How many of the last answers are heard."""


class RecommendationFeedbackService:
    """Whoever writes content answers; whoever reads it sees the answers."""

    def __init__(
        self,
        mongo: Mongo,
        feedback: RecommendationFeedbacks,
        access: Access,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._feedback = feedback
        self._access = access
        self._audit = audit
        self._clock = clock

    async def answered(self, workspace_id: str, model: str) -> list[Answered]:
        """What was said last, by topics whose vectors are of that model."""
        wanted = {"workspace_id": workspace_id}
        found = await self._feedback.find(wanted, sort=[("updated_at", -1)], limit=HEARD)
        return [answered(each) for each in found if each.model == model]

    async def page(
        self, viewer: Viewer, workspace_id: str, window: Window
    ) -> Page[RecommendationFeedback]:
        """A slice of what was said in a workspace, latest first."""
        await self._access.check(viewer, Permission.CONTENT_READ, workspace_id)
        return await page(self._feedback, {"workspace_id": workspace_id}, LISTED, window)

    async def change(
        self, viewer: Viewer, workspace_id: str, id: str, verdict: RecommendationVerdict
    ) -> RecommendationFeedback | None:
        """Say something else to what was answered before; None where it was not."""
        await self._access.check(viewer, Permission.CONTENT_WRITE, workspace_id)
        changed = {"verdict": verdict, "given_by": viewer.id(), "updated_at": self._clock()}

        async def change() -> RecommendationFeedback | None:
            wanted = {"_id": id, "workspace_id": workspace_id}
            found = await self._feedback.update(wanted, {"$set": changed})
            if found is not None:
                await self._log(viewer, found)
            return found

        return await self._mongo.transact(change)

    async def keep(
        self,
        viewer: Viewer,
        workspace_id: str,
        id: str,
        candidate: Candidate,
        model: str,
        verdict: RecommendationVerdict,
    ) -> RecommendationFeedback:
        """Keep an answer; where somebody answered at the same moment, the later one stays."""
        now = self._clock()
        first = {
            "workspace_id": workspace_id,
            "topic": candidate.topic,
            "type": candidate.type,
            "vector": packed(candidate.vector),
            "model": model,
            "created_at": now,
        }
        changed = {"verdict": verdict, "given_by": viewer.id(), "updated_at": now}

        async def change() -> RecommendationFeedback:
            found = await self._feedback.update(
                {"_id": id}, {"$set": changed, "$setOnInsert": first}, upsert=True
            )
            if found is None:
                raise NotFound("recommendation", id)
            await self._log(viewer, found)
            return found

        return await self._mongo.transact(change)

    async def withdraw(self, viewer: Viewer, id: str) -> None:
        """Take an answer back, as if nothing had been said."""
        found = await self._feedback.get(id)
        if found is None:
            raise NotFound("feedback", id)
        home = found.workspace_id
        await self._access.check(viewer, Permission.CONTENT_WRITE, home, of=("feedback", id))

        async def change() -> None:
            if not await self._feedback.delete(id):
                raise NotFound("feedback", id)
            await self._audit.record(viewer, home, "recommendation.withdrawn", id)

        await self._mongo.transact(change)

    async def _log(self, viewer: Viewer, found: RecommendationFeedback) -> None:
        await self._audit.record(viewer, found.workspace_id, "recommendation.answered", found.id)


def answered(record: RecommendationFeedback) -> Answered:
    """As the ranking hears it."""
    vector = unpacked(record.vector)
    return Answered(record.id, record.type, record.verdict, vector, record.updated_at)
