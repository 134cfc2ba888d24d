"""Jobs: done once, tried again, given up, cancelled, and each workspace in its turn."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from datasources.jobs import Task, WorkerLimits
from datasources.lanes import Lanes
from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo, current_session
from datasources.redis import Redis
from datasources.stores import Stores
from datasources.tracked_jobs import JobState, TrackedJob
from datasources.workspaces import Workspace
from services.access import Access
from services.clock import utc_now
from services.events import Events
from services.failures import BadInput, Forbidden, NotFound
from services.ids import Ids
from services.job_events import TASK, JobEvents
from services.job_handlers import Attempt, Outcome, Result
from services.job_runner import JobLimits, JobRunner
from services.job_turns import JobTurns
from services.jobs import JobNotCancellable, JobNotRetryable, JobPending, Jobs
from services.viewer import Viewer

HOME, RICH = "wsp_home", "wsp_rich"
ADA, VIEWER, STRANGER = (Viewer(user_id=f"usr_{name}") for name in ("ada", "viewer", "stranger"))
LIMITS = WorkerLimits(lease=timedelta(seconds=1), check=timedelta(milliseconds=10))
FAST = JobLimits(deaths=5, first=timedelta(milliseconds=10), most=timedelta(milliseconds=20))


@dataclass
class Shop:
    """Jobs of one kind, `work`, whose handler is `does`; one worker unless it was stopped."""

    jobs: Jobs
    runner: JobRunner
    stores: Stores
    told: JobEvents
    does: Callable[[Attempt], Awaitable[Mapping[str, Any]]]
    kept: Counter[str] = field(default_factory=Counter)
    running: int = 0
    most: int = 0

    async def handle(self, attempt: Attempt) -> Outcome:
        """Do it, and count who keeps what."""
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            result = await self.does(attempt)
        finally:
            self.running -= 1

        async def keep() -> Result:
            kept = self.stores.audit.mongo.database["kept"]
            await kept.insert_one({"job": attempt.job.id}, session=current_session.get())
            return result

        return Outcome(keep)

    async def start(self, home: str = HOME, **arguments: Any) -> TrackedJob:
        """Ask for one."""
        return await self.jobs.start(ADA, home, "work", arguments)

    async def ended(self, job: TrackedJob, seconds: float = 20) -> TrackedJob:
        """Wait for its end."""
        return await self.jobs.wait(job, seconds)

    async def times_kept(self, job: TrackedJob) -> int:
        """How often its outcome was kept."""
        return await self.stores.audit.mongo.database["kept"].count_documents({"job": job.id})


async def done(attempt: Attempt) -> Mapping[str, Any]:
    """Done at once."""
    return {"said": attempt.job.arguments.get("word", "")}


@asynccontextmanager
async def opened(
    mongo: Mongo, redis: Redis, *, at_once: int = 5, working: bool = True
) -> AsyncIterator[Shop]:
    """A shop with two workspaces: the rich one's jobs are express."""
    stores, new_id = Stores.on(mongo), Ids(utc_now)
    for id in (HOME, RICH):
        home = Workspace(
            id=id, name=id, path=[id], created_by=None, created_at=utc_now(), updated_at=utc_now()
        )
        await stores.workspaces.insert(home)
        for viewer, role in ((ADA, Role.OWNER), (VIEWER, Role.VIEWER)):
            user = viewer.id()
            await stores.memberships.insert(
                Membership(
                    id=membership_id(id, user),
                    workspace_id=id,
                    user_id=user,
                    role=role,
                    created_at=utc_now(),
                )
            )

    async def priority(workspace_id: str) -> bool:
        return workspace_id == RICH

    async def cost(_: str) -> int:
        return 7

    async with Lanes(redis, LIMITS) as queue:
        events = Events(mongo, redis, new_id, queue=queue.add)
        told = JobEvents(stores.tracked_jobs, events, utc_now)
        turns = JobTurns(stores.tracked_jobs, stores.job_slots, told, at_once)
        access = Access(stores.workspaces, stores.memberships)
        jobs = Jobs(mongo, stores.tracked_jobs, turns, access, told, utc_now, new_id, priority)
        handlers: dict[str, Any] = {}
        runner = JobRunner(mongo, stores.tracked_jobs, turns, told, handlers, cost, utc_now, FAST)
        shop = Shop(jobs, runner, stores, told, done)
        handlers["work"] = shop.handle
        await events.start()
        stop = asyncio.Event()
        tasks = {TASK: Task(runner.run, runner.give_up)}
        worker = asyncio.create_task(queue.work(tasks, stop)) if working else None
        try:
            yield shop
        finally:
            stop.set()
            if worker is not None:
                await worker
            await events.close()


@pytest.fixture
async def shop(mongo: Mongo, redis: Redis) -> AsyncIterator[Shop]:
    """A shop that works."""
    async with opened(mongo, redis) as shop:
        yield shop


async def test_a_job_is_done_and_tells_what_came_of_it_and_what_it_cost(shop: Shop) -> None:
    job = await shop.ended(await shop.start(word="looms"))
    assert (job.state, job.progress, job.attempt, job.cost) == (JobState.SUCCEEDED, 1.0, 1, 7)
    assert job.result == {"said": "looms"}
    assert await shop.times_kept(job) == 1
    assert await shop.stores.job_slots.count({"holders": []}) == 1


async def test_who_waits_no_longer_is_told_the_job_that_goes_on(shop: Shop) -> None:
    gate = asyncio.Event()

    async def slow(attempt: Attempt) -> Mapping[str, Any]:
        await attempt.stage("waiting", 0.5)
        await gate.wait()
        return {}

    shop.does = slow
    job = await shop.start()
    with pytest.raises(JobPending) as pending:
        await shop.ended(job, 0.3)
    assert pending.value.extensions == {"jobId": job.id}
    gate.set()
    assert (await shop.ended(job)).state is JobState.SUCCEEDED


async def test_a_failure_with_a_code_ends_a_job_and_retrying_starts_it_anew(shop: Shop) -> None:
    async def refuse(_: Attempt) -> Mapping[str, Any]:
        raise BadInput("topic", "is empty.")

    shop.does = refuse
    job = await shop.ended(await shop.start())
    assert (job.state, job.code, job.attempt) == (JobState.FAILED, "BAD_USER_INPUT", 1)
    assert "topic" in str(job.cause)
    shop.does = done
    job = await shop.ended(await shop.jobs.retry(ADA, job.id))
    assert (job.state, job.code, job.cause) == (JobState.SUCCEEDED, None, None)
    with pytest.raises(JobNotRetryable):
        await shop.jobs.retry(ADA, job.id)


async def test_an_accident_is_tried_again_and_too_many_end_among_the_dead(shop: Shop) -> None:
    fail = 3

    async def break_down(_: Attempt) -> Mapping[str, Any]:
        nonlocal fail
        fail -= 1
        if fail >= 0:
            raise RuntimeError("secret details")
        return {}

    shop.does = break_down
    job = await shop.ended(await shop.start())
    assert (job.state, job.attempt) == (JobState.SUCCEEDED, 4)
    fail = 99
    job = await shop.ended(await shop.start())
    assert (job.state, job.attempt, job.code) == (JobState.DEAD, 5, "INTERNAL_SERVER_ERROR")
    assert "secret" not in str(job.cause)
    fail = 0
    with pytest.raises(Forbidden):
        await shop.jobs.replay(VIEWER, HOME)
    assert await shop.jobs.replay(ADA, HOME) == 1
    assert (await shop.ended(job)).state is JobState.SUCCEEDED


async def test_the_delay_before_another_try_grows_and_is_never_the_same(shop: Shop) -> None:
    delays = [[shop.runner._delay(failures) for _ in range(50)] for failures in (1, 2, 9)]
    for found, most in zip(delays, (10, 20, 20), strict=True):
        assert all(most / 2 <= each / timedelta(milliseconds=1) <= most for each in found)
        assert len(set(found)) > 10


async def test_a_job_whose_worker_vanished_is_done_once_and_given_up_at_last(
    mongo: Mongo, redis: Redis
) -> None:
    async with opened(mongo, redis, working=False) as shop:
        job = await shop.start()
        for _ in range(3):
            assert await shop.runner._take(job.id, 1)  # a worker that is killed here
        await shop.runner.run(job.id, 1)
        found = await shop.jobs.get(ADA, job.id)
        assert (found.state, found.attempt, found.deaths) == (JobState.SUCCEEDED, 4, 3)
        assert await shop.times_kept(job) == 1
        job = await shop.start()
        for _ in range(6):
            assert await shop.runner._take(job.id, 1)
        await shop.runner.run(job.id, 1)
        found = await shop.jobs.get(ADA, job.id)
        assert (found.state, found.code) == (JobState.DEAD, "WORKER_LOST")
        assert await shop.times_kept(job) == 0


async def test_a_worker_that_was_taken_for_lost_changes_nothing_when_it_comes_late(
    mongo: Mongo, redis: Redis
) -> None:
    gate, slow = asyncio.Event(), True

    async def first_is_slow(_: Attempt) -> Mapping[str, Any]:
        nonlocal slow
        if slow:
            slow = False
            await gate.wait()
            return {"by": "late"}
        return {"by": "second"}

    async with opened(mongo, redis, working=False) as shop:
        shop.does = first_is_slow
        job = await shop.start()
        late = asyncio.create_task(shop.runner.run(job.id, 1))
        async with asyncio.timeout(40):
            while slow:  # noqa: ASYNC110
                await asyncio.sleep(0)
        await shop.runner.run(job.id, 1)
        gate.set()
        await late
        assert (await shop.jobs.get(ADA, job.id)).result == {"by": "second"}
        assert await shop.times_kept(job) == 1


async def test_a_cancelled_job_stops_and_keeps_nothing(shop: Shop) -> None:
    began, stopped = asyncio.Event(), asyncio.Event()

    async def endless(_: Attempt) -> Mapping[str, Any]:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return {}

    shop.does = endless
    job = await shop.start()
    await asyncio.wait_for(began.wait(), 40)
    assert (await shop.jobs.cancel(ADA, job.id)).state is JobState.CANCELLED
    await asyncio.wait_for(stopped.wait(), 40)
    with pytest.raises(JobNotCancellable):
        await shop.jobs.cancel(ADA, job.id)
    assert await shop.times_kept(job) == 0
    shop.does = done
    assert (await shop.ended(await shop.start())).state is JobState.SUCCEEDED


async def test_a_stage_that_lasts_is_kept_and_told_and_one_that_passes_is_not(
    shop: Shop,
) -> None:
    gate = asyncio.Event()

    async def in_stages(attempt: Attempt) -> Mapping[str, Any]:
        await attempt.stage("quick", 0.2)
        await attempt.stage("slow", 0.5)
        await gate.wait()
        return {}

    shop.does = in_stages
    job = await shop.start()
    async with asyncio.timeout(40):
        while (await shop.jobs.get(ADA, job.id)).stage != "slow":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    gate.set()
    assert (await shop.ended(job)).progress == 1.0
    told = await shop.stores.audit.mongo.database["outbox"].find({"subject": job.id}).to_list()
    stages = [each["data"]["stage"] for each in sorted(told, key=lambda each: each["_id"])]
    assert stages == ["queued", "slow", "done"]


async def test_a_worker_that_did_not_hear_of_a_cancellation_stops_all_the_same(shop: Shop) -> None:
    """What tells it may be lost: then it learns it when a stage has lasted."""
    began, stopped = asyncio.Event(), asyncio.Event()

    async def endless(attempt: Attempt) -> Mapping[str, Any]:
        cancelled = {"$set": {"state": JobState.CANCELLED}}
        await shop.stores.tracked_jobs.update({"_id": attempt.job.id}, cancelled)
        began.set()
        try:
            await attempt.stage("waiting", 0.5)
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return {}

    shop.does = endless
    job = await shop.start()
    await asyncio.wait_for(began.wait(), 40)
    await asyncio.wait_for(stopped.wait(), 40)
    assert await shop.times_kept(job) == 0
    shop.does = done
    assert (await shop.ended(await shop.start())).state is JobState.SUCCEEDED


async def test_a_workspace_runs_so_many_at_once_and_all_get_their_turn(
    mongo: Mongo, redis: Redis
) -> None:
    async def brief(_: Attempt) -> Mapping[str, Any]:
        for _round in range(20):
            await asyncio.sleep(0)
        return {}

    async with opened(mongo, redis, at_once=2) as shop:
        shop.does = brief
        jobs = await asyncio.gather(*(shop.start() for _ in range(12)))
        ended = await asyncio.gather(*(shop.ended(job) for job in jobs))
    assert {job.state for job in ended} == {JobState.SUCCEEDED}
    assert shop.most <= 2


async def test_express_jobs_do_not_wait_behind_others(mongo: Mongo, redis: Redis) -> None:
    gate = asyncio.Event()

    async def wait_at_home(attempt: Attempt) -> Mapping[str, Any]:
        if attempt.job.workspace_id == HOME:
            await gate.wait()
        return {}

    async with opened(mongo, redis, at_once=50) as shop:
        shop.does = wait_at_home
        slow = [await shop.start() for _ in range(15)]
        express = await shop.ended(await shop.start(RICH), 5)
        assert (express.state, express.express) == (JobState.SUCCEEDED, True)
        gate.set()
        await asyncio.gather(*(shop.ended(job) for job in slow))


async def test_a_job_that_redis_lost_is_found_again(mongo: Mongo, redis: Redis) -> None:
    async with opened(mongo, redis) as shop:
        job = await shop.start()
        job = await shop.ended(job)
        values = {"state": JobState.QUEUED, "run": 2, "ended_at": None}
        await shop.stores.tracked_jobs.update({"_id": job.id}, {"$set": values})
        queue = Lanes(redis, LIMITS)
        async with queue:
            assert await shop.runner.sweep(timedelta(0), queue.add) == 1
        assert (await shop.ended(job)).attempt == 2


async def test_jobs_are_seen_by_those_who_may_read_and_stopped_by_those_who_may_write(
    shop: Shop,
) -> None:
    job = await shop.start()
    assert (await shop.jobs.get(VIEWER, job.id)).id == job.id
    with pytest.raises(Forbidden):
        await shop.jobs.cancel(VIEWER, job.id)
    with pytest.raises(NotFound):
        await shop.jobs.get(STRANGER, job.id)
    assert await shop.jobs.get_many(STRANGER, [job.id]) == [None]
