"""What is written and told whenever a job moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import orjson

from datasources.channels import Watch
from datasources.collection import document
from datasources.failures import Unavailable
from datasources.tracked_jobs import TrackedJob, TrackedJobs
from services.clock import Clock
from services.events import Events, Listener

UPDATED = "job.updated"
CANCELLED = "job-cancelled"
TASK = "run_job"


class Said(msgspec.Struct, frozen=True):
    """What a job has written so far, and where it stands."""

    stage: str
    progress: float
    text: str


class JobEvents:
    """Keeps a job's changes with their events, and carries what need not be kept."""

    def __init__(self, jobs: TrackedJobs, events: Events, clock: Clock) -> None:
        self._jobs = jobs
        self._events = events
        self._clock = clock
        self._working: set[Callable[[str], None]] = set()
        self._cancelled: Watch | None = None

    async def save(self, job: TrackedJob, **changes: Any) -> TrackedJob:
        """Within a transaction: change a job that was read in it, and tell of it."""
        moved = msgspec.structs.replace(job, updated_at=self._clock(), **changes)
        values = document(moved)
        await self._jobs.update({"_id": values.pop("_id")}, {"$set": values})
        await self.tell(moved)
        return moved

    async def move(self, job: TrackedJob, changes: Mapping[str, Any]) -> TrackedJob | None:
        """Change a job if it is as it was read before, and tell nobody."""
        as_read = {"_id": job.id, "run": job.run, "state": job.state, "attempt": job.attempt}
        values = {**changes, "updated_at": self._clock()}
        return await self._jobs.update(as_read, {"$set": values})

    async def take(self, job: TrackedJob, changes: Mapping[str, Any]) -> TrackedJob | None:
        """The same, and tell of it: within a transaction where both have to be kept, or neither.

        A stage is told without one: the next stage, or the end, makes up for what was lost.
        """
        taken = await self.move(job, changes)
        if taken is not None:
            await self.tell(taken)
        return taken

    async def queue(self, job: TrackedJob, due: datetime | None = None) -> None:
        """Within a transaction: hand the job to the workers."""
        await self._events.enqueue(
            TASK,
            f"job:{job.id}:{job.run}",
            {"job_id": job.id, "run": job.run},
            due,
            express=job.express,
        )

    async def tell(self, job: TrackedJob) -> None:
        """Within a transaction: the event."""
        await self._events.record(
            UPDATED,
            topics=[f"job:{job.id}", f"workspace:{job.workspace_id}"],
            subject=job.id,
            workspace_id=job.workspace_id,
            data={"state": job.state.value, "stage": job.stage},
        )

    async def say(self, job_id: str, said: Said) -> None:
        """Tell those who follow now. Nothing is kept, and nothing fails if it is not heard."""
        with suppress(Unavailable):
            payload = orjson.dumps(msgspec.to_builtins(said)).decode()
            await self._events.broadcast(channel(job_id), payload)

    async def cancelled(self, job_id: str) -> None:
        """Tell the worker that has it to stop."""
        with suppress(Unavailable):
            await self._events.broadcast(CANCELLED, job_id)

    def on_cancelled(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call back with each job that is cancelled; what this returns ends that.

        One subscription does for all, and stays: who works on one job will work on others.
        """
        self._working.add(callback)
        if self._cancelled is None:
            self._cancelled = self._events.on_broadcast(CANCELLED, self._stop)
        return partial(self._working.discard, callback)

    def _stop(self, job_id: str) -> None:
        for callback in tuple(self._working):
            callback(job_id)

    def moves(self, job_id: str) -> Listener:
        """The events of one job from now on."""
        return self._events.listen(f"job:{job_id}", {UPDATED})

    def on_said(
        self, job_id: str, callback: Callable[[Said], None], confirmed: Callable[[], None]
    ) -> Callable[[], None]:
        """Call back with all that a job says; what this returns ends that."""

        def heard(payload: str) -> None:
            callback(msgspec.json.decode(payload, type=Said))

        return self._events.on_broadcast(channel(job_id), heard, confirmed).close


def channel(job_id: str) -> str:
    """Where a job speaks."""
    return f"job:{job_id}"
