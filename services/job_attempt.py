"""One attempt at a job: its stages are kept, its words are told, and it ends when cancelled."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from datasources.tasks import end
from datasources.tracked_jobs import JobState, TrackedJob, TrackedJobs
from services.clock import Clock
from services.job_events import JobEvents, Said
from services.job_handlers import Handler, Outcome

SPEAKING = 0.1
"""Seconds between two things that are told of one job."""


class RunningAttempt:
    """An `Attempt`, while it runs. `unwanted`: the job was cancelled or taken over meanwhile."""

    def __init__(self, job: TrackedJob, jobs: TrackedJobs, told: JobEvents, clock: Clock) -> None:
        self.job = job
        self.unwanted = False
        self._jobs = jobs
        self._told = told
        self._clock = clock
        self._stage, self._progress = job.stage, job.progress
        self._text = ""
        self._news = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None

    async def work(self, handler: Handler) -> Outcome:
        """What the handler makes of the job. Raises what it raises."""
        working = asyncio.ensure_future(handler(self))
        speaking = asyncio.create_task(self._speak())

        def stop(job_id: str) -> None:
            if job_id == self.job.id:
                self.unwanted = True
                working.cancel()

        unwatch = self._told.on_cancelled(stop)
        try:
            outcome = await working
            await self._told_of()
        finally:
            unwatch()
            if self._telling is not None:
                await asyncio.gather(self._telling, return_exceptions=True)
            await end(speaking)
            if self._text:
                await self._say()
        return outcome

    async def stage(self, name: str, progress: float) -> None:
        """Keep where it stands; `CancelledError` where it is this attempt's no more."""
        mine = {
            "_id": self.job.id,
            "run": self.job.run,
            "attempt": self.job.attempt,
            "state": JobState.RUNNING,
        }
        values = {"stage": name, "progress": progress, "updated_at": self._clock()}
        found = await self._jobs.update(mine, {"$set": values})
        if found is None:
            self.unwanted = True
            raise asyncio.CancelledError
        await self._told_of()
        self._telling = asyncio.create_task(self._told.tell(found))
        self._stage, self._progress = name, progress
        self._news.set()

    def said(self, text: str) -> None:
        """Tell what is written so far, at the next occasion."""
        self._text = text
        self._news.set()

    async def _told_of(self) -> None:
        """Return when the last stage is told of; the work goes on meanwhile."""
        telling, self._telling = self._telling, None
        if telling is not None:
            await telling

    async def _speak(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self._say()
            await asyncio.sleep(SPEAKING)

    async def _say(self) -> None:
        with suppress(asyncio.TimeoutError):
            await self._told.say(self.job.id, Said(self._stage, self._progress, self._text))
