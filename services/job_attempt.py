"""One attempt at a job: its stages are kept, its words are told, and it ends when cancelled."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from datasources.failures import Unavailable
from datasources.tasks import end
from datasources.tracked_jobs import TrackedJob
from services.job_events import JobEvents, Said
from services.job_handlers import Handler, Outcome

SPEAKING = 0.1
"""Seconds between two things that are told of one job, and before the first."""
LASTING = 0.1
"""Seconds after which a stage is kept."""


class RunningAttempt:
    """An `Attempt`, while it runs. `unwanted`: the job was cancelled or taken over meanwhile."""

    def __init__(self, job: TrackedJob, told: JobEvents) -> None:
        self.job = job
        self.cost = job.cost
        self.unwanted = False
        self._told = told
        self._stage, self._progress = job.stage, job.progress
        self._text = ""
        self._spoken = False
        self._news = asyncio.Event()
        self._lasting: tuple[asyncio.Event, asyncio.Task[None]] | None = None
        self._working: asyncio.Future[Outcome] | None = None

    async def work(self, handler: Handler) -> Outcome:
        """What the handler makes of the job. Raises what it raises."""
        self._working = working = asyncio.ensure_future(handler(self))
        speaking = asyncio.create_task(self._speak())

        def stop(job_id: str) -> None:
            if job_id == self.job.id:
                self._stop()

        unwatch = self._told.on_cancelled(stop)
        self._enter()
        try:
            return await working
        finally:
            unwatch()
            await self._leave()
            await end(speaking)
            if self._spoken:
                await self._say()

    def _stop(self) -> None:
        self.unwanted = True
        if self._working is not None:
            self._working.cancel()

    async def stage(self, name: str, progress: float) -> None:
        """Say where it stands; what passes in a moment is worth no write, nor an event."""
        await self._leave()
        self._stage, self._progress = name, progress
        self._enter()
        self._news.set()

    def said(self, text: str) -> None:
        """Tell what is written so far, at the next occasion."""
        self._text = text
        self._news.set()

    def _enter(self) -> None:
        """Begin to wait whether a stage lasts."""
        over = asyncio.Event()
        self._lasting = over, asyncio.create_task(self._lasts(over))

    async def _leave(self) -> None:
        """Return when the last stage is kept and told of, or will not be."""
        lasting, self._lasting = self._lasting, None
        if lasting is not None:
            over, keeping = lasting
            over.set()
            await keeping

    async def _lasts(self, over: asyncio.Event) -> None:
        """Keep a stage that lasts, and stop the work where this attempt counts no more."""
        values = {"stage": self._stage, "progress": self._progress}
        try:
            await asyncio.wait_for(over.wait(), LASTING)
        except TimeoutError:
            with suppress(Unavailable):  # the end of the job will tell
                if await self._told.take(self.job, values) is None:
                    self._stop()

    async def _speak(self) -> None:
        while True:
            await asyncio.sleep(SPEAKING)
            await self._news.wait()
            self._news.clear()
            self._spoken = True
            await self._say()

    async def _say(self) -> None:
        with suppress(asyncio.TimeoutError):
            await self._told.say(self.job.id, Said(self._stage, self._progress, self._text))
