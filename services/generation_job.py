"""Generation as the worker does it: read, write, form, score, keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from datasources.content import Content, Platform
from datasources.generated import Generated, Scores, Variant
from datasources.models import ModelAnswerUnusable, Provider, Told, Written
from datasources.tracked_jobs import TrackedJob
from services.clock import Clock
from services.content import ContentService
from services.differences import LEAST, difference, distinct
from services.drafts import Draft
from services.generation_prompt import request_of
from services.generation_request import GenerationRequest, refuse_language
from services.job_handlers import Attempt, Outcome, Result
from services.model_ledger import ModelLedger
from services.models import Models, Purpose
from services.post_brief import Drafts, DraftText
from services.post_rules import formed, shortened
from services.post_scores import PostScores
from services.prediction import Drafted
from services.topic_field import field_of
from services.viewer import Viewer
from services.writing_context import Background, WritingContext

KIND = "generate"
FEATURE = "generation"

Ranked = Sequence[tuple[DraftText, Scores]]
"""Versions with their scores, the best first."""


class GenerationJob:
    """The handler. All that it keeps, it keeps in the transaction that ends the job."""

    def __init__(
        self,
        models: Models,
        ledger: ModelLedger,
        background: Background,
        content: ContentService,
        clock: Clock,
    ) -> None:
        self._models = models
        self._ledger = ledger
        self._background = background
        self._scores = PostScores(models)
        self._content = content
        self._clock = clock

    async def __call__(self, attempt: Attempt) -> Outcome:
        """Do it."""
        request = msgspec.convert(attempt.job.arguments, GenerationRequest)
        async with self._ledger.tab(purpose_of(attempt.job)) as purpose:
            written, ranked = await self._made(attempt, purpose, request)
        return Outcome(lambda: self._keep(attempt, request, written, ranked))

    async def _made(
        self, attempt: Attempt, purpose: Purpose, request: GenerationRequest
    ) -> tuple[Written[Drafts], Ranked]:
        viewer = Viewer(user_id=purpose.user_id)
        context = await self._background.gather(viewer, purpose, request.topic)
        await attempt.stage("writing", 0.2)
        written = await self._write(attempt, purpose, request, context)
        await attempt.stage("scoring", 0.8)
        versions = usable(request, written.answer)
        drafts = [drafted_by(request, version, self._clock()) for version in versions]
        scores = await self._scores.of(purpose, drafts, request.topic, context.yardstick)
        order = sorted(range(len(versions)), key=lambda place: overall(scores[place]), reverse=True)
        attempt.said(versions[order[0]].body)
        return written, [(versions[place], scores[place]) for place in order]

    async def _write(
        self,
        attempt: Attempt,
        purpose: Purpose,
        request: GenerationRequest,
        context: WritingContext,
    ) -> Written[Drafts]:
        model = await self._models.text(purpose.workspace_id, purpose.tab)
        refuse_language(request.language, model.languages)
        offline = model.id.provider is Provider.OFFLINE
        field = await field_of(self._models, purpose, request.topic) if offline else "general"
        step = replace(purpose, step="write")
        asked = request_of(request, context, field)
        return await self._models.write(step, asked, telling(attempt))

    async def _keep(
        self,
        attempt: Attempt,
        request: GenerationRequest,
        written: Written[Drafts],
        ranked: Ranked,
    ) -> Result:
        (best, scores), *others = ranked
        job = attempt.job
        generated = Generated(
            source=request.topic,
            model=str(written.model),
            scores=scores,
            variants=[
                Variant(
                    title=other.title,
                    body=other.body,
                    scores=each,
                    difference=round(difference(best.body, other.body), 3),
                )
                for other, each in others
            ],
            cost=attempt.cost,
            job_id=job.id,
            notes=notes(request, len(ranked)),
        )
        draft = Draft.checked(
            request.type, best.title, best.body, [request.platform], [], request.pillar
        )
        viewer = Viewer(user_id=job.user_id)
        kept = await self._content.create(viewer, job.workspace_id, draft, generated)
        return result_of([kept])


def purpose_of(job: TrackedJob) -> Purpose:
    """Whom the models that a job asks work for."""
    return Purpose(job.workspace_id, FEATURE, job.user_id, job.id)


def drafted_by(request: GenerationRequest, version: DraftText, at: datetime) -> Drafted:
    """A version as it would go out now."""
    return Drafted(request.platform, request.type, version.body, [], at)


def telling(attempt: Attempt) -> Told:
    """Tells those who follow a job of the first version, while it is written."""

    async def told(so_far: Mapping[str, Any]) -> None:
        if body := first_body(so_far):
            attempt.said(body)

    return told


def in_form(platform: Platform, text: DraftText) -> DraftText:
    """A text as the platform takes it."""
    return DraftText(title=text.title, body=shortened(platform, formed(platform, text.body)))


def first_body(so_far: Mapping[str, Any]) -> str:
    """The first version, of an answer that may not have been written to its end, nor be one."""
    versions = so_far.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else None
    body = first.get("body") if isinstance(first, dict) else None
    return body if isinstance(body, str) else ""


def usable(request: GenerationRequest, drafts: Drafts) -> list[DraftText]:
    """The versions in the platform's form, those that are really different ones.

    Raises `ModelAnswerUnusable` where there is none.
    """
    formed_versions = [
        in_form(request.platform, version)
        for version in drafts.versions[: request.variants + 1]
        if version.body.strip()
    ]
    if not formed_versions:
        raise ModelAnswerUnusable
    return [formed_versions[place] for place in distinct([v.body for v in formed_versions])]


def notes(request: GenerationRequest, count: int) -> list[str]:
    """What has to be said of the result."""
    missing = request.variants + 1 - count
    if missing <= 0:
        return []
    return [f"{missing} of the versions were left out: less than {LEAST:.0%} of them was new."]


def overall(scores: Scores) -> float:
    """What versions are ranked by."""
    return scores.voice + scores.brand


def result_of(pieces: Sequence[Content]) -> Result:
    """What a job that made pieces leaves behind."""
    return {"content_id": pieces[0].id, "content_ids": [piece.id for piece in pieces]}
