"""The worker on a real queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from datasources.content import Platform
from datasources.failures import Unavailable
from datasources.jobs import JobQueue, Recurring, Task, WorkerLimits
from datasources.mongo import Mongo
from datasources.outbox import Job
from datasources.redis import Redis
from datasources.targets import PublishState
from services.clock import utc_now
from tests.publishing_world import LIMITS, open_world, populate, until


def job(key: str, due_in: float = 0, **arguments: Any) -> Job:
    """A job of the task `note`."""
    now = utc_now()
    due = now + timedelta(seconds=due_in)
    return Job(id=key, task="note", arguments=arguments, due=due, at=now, revision="1")


@asynccontextmanager
async def worker(
    queue: JobQueue, tasks: Mapping[str, Task], **recurring: Recurring
) -> AsyncIterator[None]:
    """A worker on the queue for as long as the block."""
    stop = asyncio.Event()
    running = asyncio.create_task(queue.work(tasks, stop, recurring))
    try:
        yield
    finally:
        stop.set()
        await running


@pytest.fixture
async def queue(redis: Redis) -> AsyncIterator[JobQueue]:
    async with JobQueue(redis, LIMITS) as queue:
        yield queue


async def test_a_piece_goes_from_the_mutation_to_the_feed(mongo: Mongo, redis: Redis) -> None:
    async with open_world(mongo, redis) as world:
        await populate(world)
        async with world.working():
            draft = await world.write()
            _, targets = await world.publishing.publish(
                world.editor, draft, [Platform.FEED, Platform.LINKEDIN]
            )
            feed, linkedin = await world.settled([target.id for target in targets])
    assert (feed.state, linkedin.state) == (PublishState.PUBLISHED, PublishState.FAILED)


async def test_a_key_that_waits_or_runs_is_not_queued_again(queue: JobQueue) -> None:
    done: list[int] = []
    go = asyncio.Event()

    async def note(n: int) -> None:
        done.append(n)
        await go.wait()

    await queue.add(job("a", n=1))
    await queue.add(job("a", n=2))
    async with worker(queue, {"note": Task(note)}):
        await until(lambda: done == [1])
        await queue.add(job("a", n=3))
        await queue.add(job("b", n=4))
        await until(lambda: done == [1, 4])
        go.set()


async def test_a_job_is_added_over_a_connection_that_was_cut(queue: JobQueue, redis: Redis) -> None:
    await queue.add(job("a"))
    await redis.client.client_kill_filter(_type="normal", skipme=True)
    await queue.add(job("b"))
    done: list[None] = []

    async def note() -> None:
        done.append(None)

    async with worker(queue, {"note": Task(note)}):
        await until(lambda: len(done) == 2)


async def test_a_job_waits_for_its_time(queue: JobQueue) -> None:
    done: dict[str, float] = {}
    clock = asyncio.get_running_loop().time
    start = clock()

    async def note(name: str) -> None:
        done[name] = clock() - start

    await queue.add(job("later", due_in=1, name="later"))
    await queue.add(job("now", name="now"))
    async with worker(queue, {"note": Task(note)}):
        await until(lambda: "now" in done)
        assert "later" not in done or done["later"] > 0.95
        await until(lambda: len(done) == 2)
    assert done["later"] > 0.95


async def test_a_job_that_raises_is_done_again(queue: JobQueue) -> None:
    tries = 0

    async def note() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("not yet")

    await queue.add(job("a"))
    async with worker(queue, {"note": Task(note)}):
        await until(lambda: tries == 2)
    assert await queue.dead() == []


async def test_a_job_that_keeps_raising_is_given_up_and_kept_with_its_cause(redis: Redis) -> None:
    given_up: list[int] = []

    async def note(n: int) -> None:
        raise ValueError("never")

    async def give_up(n: int) -> None:
        given_up.append(n)

    async with JobQueue(redis, replace(LIMITS, failures=1)) as queue:
        await queue.add(job("a", n=7))
        async with worker(queue, {"note": Task(note, give_up)}):
            await until(lambda: given_up == [7])
            await until(lambda: has_dead(queue))
        [dead] = await queue.dead()
    assert (dead["key"], dead["task"], dead["arguments"]) == ("a", "note", {"n": 7})
    assert "never" in dead["why"]


async def has_workers(queue: JobQueue, count: int) -> bool:
    """Whether so many workers are at it."""
    return await queue.workers() == count


async def has_dead(queue: JobQueue) -> bool:
    """Whether a job was given up."""
    return bool(await queue.dead())


async def test_a_job_is_not_given_up_because_an_engine_is_away(redis: Redis) -> None:
    tries = 0

    async def note() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Unavailable("database")

    async with JobQueue(redis, replace(LIMITS, failures=1)) as queue:
        await queue.add(job("a"))
        async with worker(queue, {"note": Task(note)}):
            await until(lambda: tries == 2)
        assert await queue.dead() == []


async def test_a_job_that_takes_its_workers_down_is_given_up(redis: Redis) -> None:
    """Each worker is cut off in the middle of the job, and leaves it to the next one."""
    runs, given_up = 0, asyncio.Event()
    started = asyncio.Event()

    async def note() -> None:
        nonlocal runs
        runs += 1
        started.set()
        await asyncio.Event().wait()

    async def give_up() -> None:
        given_up.set()

    limits = replace(
        LIMITS,
        redeliveries=1,
        lease=timedelta(seconds=2),  # a machine that is slow has to renew it in time
        grace=timedelta(milliseconds=20),
    )
    async with JobQueue(redis, limits) as queue:
        await queue.add(job("a"))
        for _ in range(2):
            async with worker(queue, {"note": Task(note, give_up)}):
                await started.wait()
                started.clear()
        async with worker(queue, {"note": Task(note, give_up)}):
            await given_up.wait()
            await until(lambda: has_dead(queue))
        [dead] = await queue.dead()
    assert (runs, dead["why"]) == (2, "It took too many workers down.")


async def test_a_job_that_no_worker_knows_is_kept_not_dropped(redis: Redis) -> None:
    async with JobQueue(redis, replace(LIMITS, failures=1)) as queue:
        await queue.add(job("a"))
        async with worker(queue, {}):
            await until(lambda: has_dead(queue))


async def test_a_worker_told_to_stop_finishes_what_it_has(queue: JobQueue) -> None:
    started, go = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def note(name: str) -> None:
        started.set()
        await go.wait()
        done.append(name)

    stop = asyncio.Event()
    running = asyncio.create_task(queue.work({"note": Task(note)}, stop))
    await queue.add(job("a", name="a"))
    await started.wait()
    stop.set()
    await until(lambda: has_workers(queue, 0))
    await queue.add(job("b", name="b"))
    assert not running.done()
    go.set()
    await running
    assert done == ["a"]


async def test_a_job_that_will_not_finish_is_released_for_another_worker(redis: Redis) -> None:
    started, runs = asyncio.Event(), 0

    async def note() -> None:
        nonlocal runs
        runs += 1
        started.set()
        if runs == 1:
            await asyncio.Event().wait()

    impatient: WorkerLimits = replace(LIMITS, grace=timedelta(milliseconds=50))
    async with JobQueue(redis, impatient) as queue:
        await queue.add(job("a"))
        async with worker(queue, {"note": Task(note)}):
            await started.wait()
        assert runs == 1
        async with worker(queue, {"note": Task(note)}):
            await until(lambda: runs == 2)


async def test_recurring_work_is_done_again_and_again_even_after_an_error(queue: JobQueue) -> None:
    times = 0

    async def tick() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise ValueError("once")

    async with worker(queue, {}, tick=Recurring(tick, timedelta(milliseconds=20))):
        await until(lambda: times >= 3)


async def test_the_queue_knows_how_many_workers_are_alive(queue: JobQueue) -> None:
    assert await queue.workers() == 0
    async with worker(queue, {}):
        await until(lambda: has_workers(queue, 1))
