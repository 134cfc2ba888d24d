"""Jobs as people ask for them: started, looked at, cancelled, tried again. See `job_runner`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.tracked_jobs import OPEN, RETRYABLE, JobState, TrackedJob, TrackedJobs
from services.access import Access
from services.clock import Clock
from services.failures import NotFound
from services.ids import NewId
from services.job_events import JobEvents
from services.job_failures import JobEnded, JobNotCancellable, JobNotRetryable, JobPending
from services.job_turns import JobTurns
from services.permissions import Permission
from services.viewer import Viewer

__all__ = [
    "Allowed",
    "JobEnded",
    "JobNotCancellable",
    "JobNotRetryable",
    "JobPending",
    "Jobs",
]

LISTED = Order()
WRITE = Permission.CONTENT_WRITE
REPLAYED = 100

Priority = Callable[[str], Coroutine[Any, Any, bool]]
"""Whether the jobs of a workspace go before those of others."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Somebody who may start jobs in a workspace, whose jobs are `express` or not."""

    user_id: str
    workspace_id: str
    express: bool


class Jobs:
    """Every job belongs to a workspace: who may read there may see it, who may write may act."""

    def __init__(
        self,
        mongo: Mongo,
        jobs: TrackedJobs,
        turns: JobTurns,
        access: Access,
        told: JobEvents,
        clock: Clock,
        new_id: NewId,
        priority: Priority,
    ) -> None:
        self._mongo = mongo
        self._jobs = jobs
        self._turns = turns
        self._access = access
        self._told = told
        self._clock = clock
        self._new_id = new_id
        self._priority = priority

    async def allow(
        self, viewer: Viewer, workspace_id: str, permission: Permission = WRITE
    ) -> Allowed:
        """Pass if the viewer may start jobs there; what `begin` takes."""
        express = await self._access.guard(
            viewer, permission, workspace_id, lambda: self._priority(workspace_id)
        )
        return Allowed(viewer.id(), workspace_id, express)

    async def start(
        self,
        viewer: Viewer,
        workspace_id: str,
        kind: str,
        arguments: Mapping[str, Any],
        permission: Permission = WRITE,
    ) -> TrackedJob:
        """Have a kind of job done with these arguments, plain values as JSON holds them."""
        allowed = await self.allow(viewer, workspace_id, permission)
        return await self.begin(allowed, kind, arguments)

    async def begin(self, by: Allowed, kind: str, arguments: Mapping[str, Any]) -> TrackedJob:
        """The same for somebody who is allowed to."""
        now = self._clock()
        job = TrackedJob(
            id=self._new_id("job"),
            workspace_id=by.workspace_id,
            user_id=by.user_id,
            kind=kind,
            arguments=dict(arguments),
            express=by.express,
            created_at=now,
            updated_at=now,
        )

        async def change() -> TrackedJob:
            await self._jobs.insert(job)
            await self._told.queue(job)
            await self._told.tell(job)
            return job

        return await self._mongo.transact(change)

    async def get(
        self, viewer: Viewer, id: str, permission: Permission = Permission.CONTENT_READ
    ) -> TrackedJob:
        """The job, if the viewer has that permission where it belongs."""
        viewer.id()
        job = await self._jobs.get(id)
        if job is None:
            raise NotFound("job", id)
        await self._access.check(viewer, permission, job.workspace_id, of=("job", id))
        return job

    async def get_many(self, viewer: Viewer, ids: Sequence[str]) -> list[TrackedJob | None]:
        """One entry an id; None for what is not there or not the viewer's to read."""
        found = await self._jobs.get_many(ids)
        readable = {
            home
            for home in {job.workspace_id for job in found if job}
            if await self._access.allows(viewer, Permission.CONTENT_READ, home)
        }
        return [job if job and job.workspace_id in readable else None for job in found]

    async def shown(
        self, viewers: Sequence[Viewer], id: str
    ) -> tuple[TrackedJob | None, list[bool]]:
        """The job, and for each viewer whether they may read where it is."""
        job = await self._jobs.get(id)
        if job is None:
            return None, [False for _ in viewers]
        return job, await self._access.allowed(viewers, Permission.CONTENT_READ, job.workspace_id)

    async def page(
        self, viewer: Viewer, workspace_id: str, state: JobState | None, window: Window
    ) -> Page[TrackedJob]:
        """A slice of a workspace's jobs, latest first; with a state only those in it."""
        await self._access.check(viewer, Permission.CONTENT_READ, workspace_id)
        wanted: dict[str, object] = {"workspace_id": workspace_id}
        if state is not None:
            wanted["state"] = state
        return await page(self._jobs, wanted, LISTED, window)

    async def cancel(self, viewer: Viewer, id: str) -> TrackedJob:
        """Stop a job, at once where it waits, at its next step where it runs. It keeps nothing."""
        await self.get(viewer, id, Permission.CONTENT_WRITE)

        async def change() -> TrackedJob:
            job = await self._found(id)
            if not job.open:
                raise JobNotCancellable(job)
            now, ended = self._clock(), JobState.CANCELLED
            cancelled = await self._told.save(job, state=ended, parked=False, ended_at=now)
            await self._turns.free(cancelled)
            return cancelled

        cancelled = await self._mongo.transact(change)
        await self._told.cancelled(id)
        return cancelled

    async def retry(self, viewer: Viewer, id: str) -> TrackedJob:
        """Try a job again that is FAILED or DEAD."""
        await self.get(viewer, id, Permission.CONTENT_WRITE)
        return await self._mongo.transact(lambda: self._again(id))

    async def replay(self, viewer: Viewer, workspace_id: str) -> int:
        """Try all DEAD jobs of a workspace again, the oldest hundred of them; how many."""
        await self._access.check(viewer, Permission.WORKSPACE_WRITE, workspace_id)
        wanted = {"workspace_id": workspace_id, "state": JobState.DEAD}
        dead = await self._jobs.find(wanted, sort=[("_id", 1)], limit=REPLAYED)
        for job in dead:
            await self._mongo.transact(partial(self._again, job.id))
        return len(dead)

    async def wait(self, job: TrackedJob, seconds: float) -> TrackedJob:
        """The job once it has ended. Raises `JobPending` if it takes longer than that."""
        async with aclosing(self._told.moves(job.id)) as moves:
            try:
                async with asyncio.timeout(seconds):
                    await moves.start()
                    job = await self._found(job.id)
                    while job.open:
                        if (await anext(moves)).event.data.get("state") not in OPEN:
                            job = await self._found(job.id)
            except TimeoutError:
                raise JobPending(job) from None
        return job

    async def _again(self, id: str) -> TrackedJob:
        job = await self._found(id)
        if job.state not in RETRYABLE:
            raise JobNotRetryable(job)
        again = await self._told.save(job, **FRESH, run=job.run + 1)
        await self._told.queue(again)
        return again

    async def _found(self, id: str) -> TrackedJob:
        job = await self._jobs.get(id)
        if job is None:
            raise NotFound("job", id)
        return job


FRESH: Mapping[str, Any] = {
    "state": JobState.QUEUED,
    "stage": "queued",
    "progress": 0.0,
    "failures": 0,
    "deaths": 0,
    "code": None,
    "cause": None,
    "due": None,
    "ended_at": None,
}
"""What a job that is asked for again starts with."""
