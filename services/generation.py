"""Generation as people ask for it: started as a job, waited for, followed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from datasources.content import Content, Platform
from datasources.tasks import end
from datasources.tracked_jobs import JobState, TrackedJob
from services.content import ContentService
from services.failures import BadInput, NotFound
from services.generation_job import KIND
from services.generation_request import INSTRUCTION, GenerationRequest, refuse_language
from services.job_events import JobEvents, Said
from services.jobs import JobEnded, Jobs
from services.models import Models
from services.permissions import Permission
from services.rewriting_job import IMPROVE, REPURPOSE
from services.validation import text
from services.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `text` is all that has been written so far, `delta` what is new of it."""

    job: TrackedJob
    stage: str
    progress: float
    text: str
    delta: str


class GenerationService:
    """`patience` is for how many seconds a caller waits for the job that was started."""

    def __init__(
        self,
        jobs: Jobs,
        told: JobEvents,
        models: Models,
        content: ContentService,
        patience: float,
    ) -> None:
        self._jobs = jobs
        self._told = told
        self._models = models
        self._content = content
        self._patience = patience

    async def start(
        self, viewer: Viewer, workspace_id: str, request: GenerationRequest
    ) -> TrackedJob:
        """Have a piece written. Raises `LanguageUnsupported` before anything is begun."""
        allowed, model = await asyncio.gather(
            self._jobs.allow(viewer, workspace_id), self._models.text(workspace_id)
        )
        refuse_language(request.language, model.languages)
        arguments: Mapping[str, Any] = msgspec.to_builtins(request)
        return await self._jobs.begin(allowed, KIND, arguments)

    async def improve(self, viewer: Viewer, content_id: str, instruction: str) -> TrackedJob:
        """Have a piece changed as the instruction says."""
        told = text("instruction", instruction, least=1, most=INSTRUCTION)
        piece = await self._content.editable(viewer, content_id)
        arguments = {"content_id": piece.id, "version": piece.version, "instruction": told}
        return await self._jobs.start(viewer, piece.workspace_id, IMPROVE, arguments)

    async def repurpose(
        self, viewer: Viewer, content_id: str, platforms: Sequence[Platform]
    ) -> TrackedJob:
        """Have a piece put into the form of other platforms: a new draft for each."""
        piece = await self._content.get(viewer, content_id, Permission.CONTENT_WRITE)
        wanted = list(dict.fromkeys(platforms))
        if not wanted:
            raise BadInput("platforms", "must name at least one platform.", list(Platform))
        arguments = {"content_id": piece.id, "platforms": [each.value for each in wanted]}
        return await self._jobs.start(viewer, piece.workspace_id, REPURPOSE, arguments)

    async def pieces(self, viewer: Viewer, job: TrackedJob) -> list[Content]:
        """What a job has made, once it has ended.

        Raises `JobPending` if that takes longer than one waits, `JobEnded` with the code of what
        went wrong.
        """
        ended = await self._jobs.wait(job, self._patience)
        if ended.state is not JobState.SUCCEEDED:
            raise JobEnded(ended)
        ids = (ended.result or {}).get("content_ids", [])
        return [await self._content.get(viewer, id) for id in ids]

    async def follow(self, viewer: Viewer, job_id: str) -> AsyncIterator[Progress]:
        """How a job gets on: its stages and words as they come, last of all its end."""
        await self._jobs.get(viewer, job_id)
        news: asyncio.Queue[Said | None] = asyncio.Queue()
        unwatch = self._told.on_said(job_id, news.put_nowait, lambda: news.put_nowait(None))
        moving = asyncio.create_task(self._moves(job_id, news))
        heard = ""
        try:
            while True:
                job = await self._jobs.get(viewer, job_id)
                if not job.open:
                    final = await self._final(viewer, job, heard)
                    yield Progress(job, job.stage, job.progress, final, new(heard, final))
                    return
                said = await news.get()
                if said is not None:
                    delta = new(heard, said.text)
                    yield Progress(job, said.stage, said.progress, said.text, delta)
                    heard = said.text
        finally:
            unwatch()
            await end(moving)

    async def _moves(self, job_id: str, news: asyncio.Queue[Said | None]) -> None:
        moves = self._told.moves(job_id)
        try:
            async for _ in moves:
                news.put_nowait(None)
        finally:
            await moves.aclose()

    async def _final(self, viewer: Viewer, job: TrackedJob, text: str) -> str:
        """The text that was kept."""
        id = (job.result or {}).get("content_id")
        if id is None:
            return text
        with suppress(NotFound):  # it may have been deleted since
            return (await self._content.get(viewer, id)).body
        return text


def new(before: str, after: str) -> str:
    """What was added; all of it where it was begun again."""
    return after[len(before) :] if after.startswith(before) else after
