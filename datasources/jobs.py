"""The queue of jobs: pydocket on Redis Streams. Added by key, done by whichever worker is free.

A job whose worker dies is done again by another once its lease has run out. One that takes too
many workers down, or fails too often, is given up and kept in a capped stream of the dead.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from docket import CurrentExecution, Docket, Execution, ExponentialRetry, Perpetual, Retry, Worker

from datasources.failures import Unavailable, redis_failures
from datasources.outbox import Job
from datasources.redis import Redis
from datasources.spans import Kind, Tracer, code_of, within
from datasources.work import JobSeen, Recurring, Task, Work, WorkerLimits, unseen

__all__ = ["JobQueue", "JobSeen", "Recurring", "Task", "Work", "WorkerLimits"]

DEAD_KEPT = 1000
SETTLED = timedelta(seconds=5)
COUNTED_FOR = timedelta(days=1)
REMEMBERED_FOR = timedelta(minutes=1)
# A worker that has gone shows within two seconds; it is forgotten after ten.
HEARTBEAT = timedelta(milliseconds=500)
MISSED_HEARTBEATS = 20
PERFORM = "perform"
EXECUTION = CurrentExecution()
AGAIN = ExponentialRetry(attempts=None, maximum_delay=timedelta(minutes=1))

log = logging.getLogger("brandgraph.jobs")


class JobQueue:
    """One queue of a deployment, for adding to and for working on. Use it as a context.

    With a `tracer`, each job is a span of the trace that asked for it. `seen` is told of each
    attempt at one.
    """

    def __init__(
        self,
        redis: Redis,
        limits: WorkerLimits | None = None,
        tracer: Tracer | None = None,
        seen: JobSeen = unseen,
        name: str = "jobs",
    ) -> None:
        self._redis = redis
        self._docket = Docket(
            redis.key(name),
            redis.url,
            execution_ttl=REMEMBERED_FOR,
            heartbeat_interval=HEARTBEAT,
            missed_heartbeats=MISSED_HEARTBEATS,
        )
        self._limits = limits or WorkerLimits()
        self._tracer = tracer
        self._seen = seen
        self._tasks: Mapping[str, Task] = {}
        self._docket.register(self._perform, names=[PERFORM])

    async def __aenter__(self) -> JobQueue:
        await self._docket.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._docket.__aexit__(None, None, None)

    async def add(self, job: Job) -> None:
        """Queue a job, unless one with its id is queued or running. Raises `Unavailable`.

        Tried twice: the first command after Redis was restarted finds a dead connection.
        """
        try:
            await self._add(job)
        except Unavailable:
            await self._add(job)

    async def _add(self, job: Job) -> None:
        with redis_failures():
            await self._docket.add(PERFORM, when=job.due, key=job.id)(
                job.task, job.arguments, job.traceparent
            )

    async def workers(self) -> int:
        """How many workers have been heard of in the last ten seconds."""
        with redis_failures():
            return len(await self._docket.workers())

    async def dead(self, limit: int = 100) -> list[dict[str, Any]]:
        """Jobs that were given up, latest first: key, task, arguments, why."""
        with redis_failures():
            found: Any = await self._redis.client.xrevrange(
                self._redis.key("dead-jobs"), count=limit
            )
        return [json.loads(fields["job"]) for _, fields in found]

    async def work(
        self,
        tasks: Mapping[str, Task],
        stop: asyncio.Event,
        recurring: Mapping[str, Recurring] | None = None,
    ) -> None:
        """Do jobs until told to stop; then finish or release those that are running.

        Outlives Redis being away, and its own errors, which are logged.
        """
        self._tasks = tasks
        for name, repeated in (recurring or {}).items():
            self._docket.register(perpetual(name, repeated))
        while not stop.is_set():
            try:
                await self._work(stop)
            except Exception:
                log.exception("the worker broke; it starts again")
                await wait(stop, self._limits.reconnect)

    async def _work(self, stop: asyncio.Event) -> None:
        limits = self._limits
        async with Worker(
            self._docket,
            concurrency=limits.concurrency,
            redelivery_timeout=limits.lease,
            reconnection_delay=limits.reconnect,
            minimum_check_interval=limits.check,
            scheduling_resolution=limits.check * 2,
        ) as worker:
            running = asyncio.create_task(worker.run_forever())
            stopping = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                await drain(running, limits.grace)
        if not running.cancelled():
            running.result()

    async def _perform(
        self,
        task: str,
        arguments: dict[str, Any],
        traceparent: str | None = None,
        execution: Execution = EXECUTION,
        retry: Retry = AGAIN,
    ) -> None:
        if self._tracer is None:
            await self._timed(task, arguments, execution)
            return
        facts = {"job.attempt": execution.attempt, "job.redelivered": execution.redelivered}
        with within(self._tracer.begin(f"job {task}", Kind.CONSUMER, traceparent, facts)):
            await self._timed(task, arguments, execution)

    async def _timed(self, task: str, arguments: dict[str, Any], execution: Execution) -> None:
        began, code = time.perf_counter(), "OK"
        try:
            await self._do(task, arguments, execution)
        except BaseException as error:
            code = code_of(error)
            raise
        finally:
            self._seen(task, code, time.perf_counter() - began)

    async def _do(self, task: str, arguments: dict[str, Any], execution: Execution) -> None:
        if execution.redelivered and await self._deaths(execution) > self._limits.redeliveries:
            await self._bury(execution, task, arguments, "It took too many workers down.")
            return
        try:
            await self._tasks[task].run(**arguments)
        except Unavailable:
            raise  # an engine's absence is no fault of the job: it is tried for as long as it takes
        except Exception as error:
            if execution.attempt < self._limits.failures:
                raise
            log.exception("the job %s is given up", execution.key)
            await self._bury(execution, task, arguments, repr(error))

    async def _deaths(self, execution: Execution) -> int:
        key = self._redis.key("redelivered", execution.key)
        count = int(await self._redis.client.incr(key))
        await self._redis.client.expire(key, COUNTED_FOR)
        return count

    async def _bury(
        self, execution: Execution, task: str, arguments: dict[str, Any], why: str
    ) -> None:
        known = self._tasks.get(task)
        if known is not None and known.give_up is not None:
            await known.give_up(**arguments)
        job = {"key": execution.key, "task": task, "arguments": arguments, "why": why}
        await self._redis.client.xadd(
            self._redis.key("dead-jobs"), {"job": json.dumps(job)}, maxlen=DEAD_KEPT
        )


class Settled(Perpetual):
    """Recurs, but not before the worker has settled; sooner, if it recurs sooner."""

    @property
    def initial_when(self) -> datetime:
        """When it is due for the first time."""
        return datetime.now(UTC) + min(self.every, SETTLED)


def perpetual(name: str, repeated: Recurring) -> Callable[..., Awaitable[None]]:
    """The work as a task that queues itself again, started by any worker under its name."""
    kind = Perpetual if repeated.at_once else Settled
    every = kind(every=repeated.every, automatic=True)

    async def again(perpetual: Perpetual = every) -> None:
        await repeated.run()

    again.__name__ = name
    return again


async def drain(running: asyncio.Task[None], grace: timedelta) -> None:
    """Stop a worker: no new jobs, `grace` for those it has, then they are cut off."""
    running.cancel()
    await asyncio.wait({running}, timeout=grace.total_seconds())
    running.cancel()
    await asyncio.wait({running})


async def wait(stop: asyncio.Event, delay: timedelta) -> None:
    """Until told to stop, or until the delay has passed."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), delay.total_seconds())
