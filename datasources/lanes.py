"""Two queues side by side: the jobs of paying plans do not wait behind those of all others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from datasources.jobs import JobQueue
from datasources.outbox import Job
from datasources.redis import Redis
from datasources.spans import Tracer
from datasources.work import JobSeen, Recurring, Task, WorkerLimits, unseen

EXPRESS = "express-jobs"


class Lanes(JobQueue):
    """A job queue with an express lane. Each lane has workers of its own."""

    def __init__(
        self,
        redis: Redis,
        limits: WorkerLimits | None = None,
        tracer: Tracer | None = None,
        seen: JobSeen = unseen,
    ) -> None:
        super().__init__(redis, limits, tracer, seen)
        self._express = JobQueue(redis, limits, tracer, seen, EXPRESS)

    async def __aenter__(self) -> Lanes:
        await super().__aenter__()
        await self._express.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._express.__aexit__()
        await super().__aexit__()

    async def add(self, job: Job) -> None:
        """Queue a job in its lane."""
        if job.express:
            await self._express.add(job)
        else:
            await super().add(job)

    async def work(
        self,
        tasks: Mapping[str, Task],
        stop: asyncio.Event,
        recurring: Mapping[str, Recurring] | None = None,
    ) -> None:
        """Do the jobs of both lanes until told to stop."""
        await asyncio.gather(super().work(tasks, stop, recurring), self._express.work(tasks, stop))
