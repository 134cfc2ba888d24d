"""The worker's side of jobs: taken once at a time, tried again, given up, ended in one piece."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from datasources.failures import Unavailable
from datasources.models import ModelFailure
from datasources.mongo import Mongo
from datasources.outbox import Job
from datasources.tracked_jobs import JobState, TrackedJob, TrackedJobs
from services.clock import Clock
from services.failures import Failure
from services.job_attempt import RunningAttempt
from services.job_events import TASK, JobEvents
from services.job_handlers import Handler, Outcome
from services.job_turns import JobTurns

Cost = Callable[[str], Awaitable[int]]
"""What a job has cost so far, in millionths of a US dollar."""

log = logging.getLogger("brandgraph.jobs")


@dataclass(frozen=True, slots=True)
class JobLimits:
    """How jobs are borne with.

    One that raised `failures` times, or took `deaths` workers
    down, is given up. The delay before another try doubles from `first` up to `most`.
    """

    failures: int = 5
    deaths: int = 20
    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=5)


class LostAttempt(Exception):
    """Another worker has the job now, or it was cancelled: what this one did counts for nothing."""


class JobRunner:
    """Runs the handlers. Whoever comes late, after another worker took over, changes nothing."""

    def __init__(
        self,
        mongo: Mongo,
        jobs: TrackedJobs,
        turns: JobTurns,
        told: JobEvents,
        handlers: Mapping[str, Handler],
        cost: Cost,
        clock: Clock,
        limits: JobLimits | None = None,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._mongo = mongo
        self._jobs = jobs
        self._turns = turns
        self._told = told
        self._handlers = handlers
        self._cost = cost
        self._clock = clock
        self._limits = limits or JobLimits()
        self._random = random

    async def run(self, job_id: str, run: int) -> None:
        """Do a job, if this run of it still waits or its worker was lost."""
        job = await self._take(job_id, run)
        if job is None:
            return
        attempt = RunningAttempt(job, self._told)
        try:
            outcome = await attempt.work(self._handlers[job.kind])
            await self._mongo.transact(lambda: self._end(attempt, outcome))
        except LostAttempt:
            await self._give_slot(job)
        except asyncio.CancelledError:
            if not attempt.unwanted:
                raise
            await self._give_slot(job)
        except Unavailable:
            raise  # the queue brings it again, for as long as an engine is away
        except (Failure, ModelFailure) as failure:
            code = str(getattr(failure, "code", "") or "FAILED")
            await self._fail(job, JobState.FAILED, code, str(failure))
        except Exception:
            log.exception("the job %s broke", job.id)
            await self._broke(job)

    async def give_up(self, job_id: str, run: int) -> None:
        """The queue will not bring it again."""
        job = await self._jobs.get(job_id)
        if job is not None and job.run == run and job.open:
            await self._fail(job, JobState.DEAD, *LOST)

    async def sweep(self, since: timedelta, queue: Callable[[Job], Awaitable[None]]) -> int:
        """Queue again what nothing has happened to for so long, as Redis may have lost it."""
        before, found = self._clock() - since, 0
        for state in (JobState.QUEUED, JobState.RUNNING):
            for job in await self._jobs.lost(state, before, limit=100):
                arguments = {"job_id": job.id, "run": job.run}
                again = Job(
                    id=f"job:{job.id}:{job.run}",
                    task=TASK,
                    arguments=arguments,
                    express=job.express,
                    at=before,
                    revision="",
                )
                await queue(again)
                found += 1
        return found

    async def _take(self, job_id: str, run: int) -> TrackedJob | None:
        job = await self._jobs.get(job_id)
        if job is None or job.run != run or not job.open:
            return None
        if not await self._turns.take(job):
            return None
        return await self._begin(job)

    async def _begin(self, found: TrackedJob) -> TrackedJob | None:
        deaths = found.deaths + (found.state is JobState.RUNNING)
        if deaths > self._limits.deaths:
            await self._fail(found, JobState.DEAD, *LOST)
            return None
        begun = {
            "state": JobState.RUNNING,
            "stage": "started",
            "attempt": found.attempt + 1,
            "deaths": deaths,
            "parked": False,
        }
        taken = await self._told.move(found, begun)  # told of with the first stage that lasts
        if taken is None:  # it has ended, or another worker has it, since it was read
            await self._give_slot(found)
        return taken

    async def _end(self, attempt: RunningAttempt, outcome: Outcome) -> None:
        job = attempt.job
        attempt.cost = await self._cost(job.id)
        ended = {
            "state": JobState.SUCCEEDED,
            "stage": "done",
            "progress": 1.0,
            "result": dict(await outcome.keep()),
            "code": None,
            "cause": None,
            "cost": attempt.cost,
            "ended_at": self._clock(),
        }
        if await self._told.take(job, ended) is None:
            raise LostAttempt  # and nothing is kept
        await self._turns.free(job)

    async def _fail(self, job: TrackedJob, state: JobState, code: str, cause: str) -> None:
        async def change() -> None:
            try:
                await self._close(await self._mine(job), state, code, cause)
            except LostAttempt:
                await self._free(job)

        await self._mongo.transact(change)

    async def _close(self, job: TrackedJob, state: JobState, code: str, cause: str) -> None:
        cost, now = await self._cost(job.id), self._clock()
        await self._told.save(job, state=state, code=code, cause=cause, cost=cost, ended_at=now)
        await self._free(job)

    async def _broke(self, job: TrackedJob) -> None:
        failures = job.failures + 1
        if failures >= self._limits.failures:
            await self._fail(job, JobState.DEAD, *BROKEN)
            return

        async def change() -> None:
            try:
                current = await self._mine(job)
            except LostAttempt:
                await self._free(job)
                return
            due = self._clock() + self._delay(failures)
            changes = {"state": JobState.QUEUED, "stage": "queued", "failures": failures}
            again = await self._told.save(
                current, **changes, deaths=0, run=job.run + 1, due=due, cause=BROKEN[1]
            )
            await self._free(job)
            await self._told.queue(again, due)

        await self._mongo.transact(change)

    def _delay(self, failures: int) -> timedelta:
        """Doubled with each failure; anything between half of that and all of it."""
        limits = self._limits
        doubled: timedelta = limits.first * 2 ** (failures - 1)
        return min(limits.most, doubled) * (0.5 + self._random() / 2)

    async def _mine(self, job: TrackedJob) -> TrackedJob:
        """Within a transaction: the job, if this attempt is still the one that counts."""
        current = await self._jobs.get(job.id)
        if current is None or current.state is not JobState.RUNNING:
            raise LostAttempt
        if (current.run, current.attempt) != (job.run, job.attempt):
            raise LostAttempt
        return current

    async def _give_slot(self, job: TrackedJob) -> None:
        await self._mongo.transact(lambda: self._free(job))

    async def _free(self, job: TrackedJob) -> None:
        """Within a transaction: give the slot back, unless another attempt holds it now."""
        current = await self._jobs.get(job.id)
        if current is None or not current.open or current.attempt == job.attempt:
            await self._turns.free(job)


LOST = ("WORKER_LOST", "Its workers vanished again and again. An administrator can replay it.")
BROKEN = (
    "INTERNAL_SERVER_ERROR",
    "It failed for a reason that nobody foresaw. An administrator can replay it.",
)
