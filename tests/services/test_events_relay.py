"""The relay: one process tells, in order and once, whoever dies."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from functools import partial

import pytest

from datasources.channels import Channels
from datasources.leader import Leader
from datasources.lease import Lease, LeaseLost
from datasources.mongo import Mongo
from datasources.outbox import Job, Jobs
from datasources.redis import Redis
from datasources.streams import Streams
from datasources.tasks import end
from server.engines import EngineUrls
from services.clock import utc_now
from services.ids import Ids
from tests.pace import paced
from tests.services.relay_process import spawn
from tests.services.telling import (
    TOPIC,
    all_told,
    kept,
    numbered,
    record,
    subjects,
    take,
    telling,
    until,
)

OTHER = "user:usr_1"
NOW = utc_now()


async def test_an_event_of_one_process_is_heard_in_all(mongo: Mongo, redis: Redis) -> None:
    """Whichever of them leads, and at once: long before the poll that is the safety net."""
    async with telling(mongo, redis) as one, telling(mongo, redis) as two:
        listeners = [one.listen(TOPIC), two.listen(TOPIC)]
        await asyncio.gather(*(listener.start() for listener in listeners))
        async with paced() as pace:
            for process in [one, two] * 5:
                await record(process, mongo, ["x"])
                for listener in listeners:
                    await take(listener, 1)
        assert pace.seconds < 2  # ten polls are ten seconds
        for listener in listeners:
            await listener.aclose()


@pytest.fixture
async def channels(redis: Redis) -> AsyncIterator[Channels]:
    """A connection that listens."""
    channels = Channels(redis)
    await channels.start()
    yield channels
    await channels.close()


async def started(turns: Sequence[object]) -> bool:
    """Whether there was a turn."""
    return len(turns) > 0


async def test_a_leader_that_leaves_hands_over_at_once(redis: Redis, channels: Channels) -> None:
    """Nobody waits for its lease to run out, nor for a poll."""
    turns: list[str] = []

    async def first(lease: Lease, new: bool) -> None:
        turns.append("first")

    async def second(lease: Lease, new: bool) -> None:
        turns.append("second")

    one, two = (
        Leader(redis, channels, "test", work, lease=60.0, poll=60.0) for work in (first, second)
    )

    async def twice() -> bool:
        return turns == ["first", "first"]

    leading = asyncio.create_task(one.run())
    await until(lambda: started(turns))
    following = asyncio.create_task(two.run())
    two.nudge()
    await until(twice)
    await end(leading)
    turns.clear()
    await until(lambda: started(turns))
    assert turns[0] == "second"
    await end(following)


async def test_what_was_told_but_not_marked_is_not_told_again(mongo: Mongo, redis: Redis) -> None:
    """As a relay leaves it that dies between the two."""
    lease, streams = Lease(redis, "events", 5.0), Streams(redis)
    events = numbered(Ids(utc_now), 6, [TOPIC, OTHER])
    assert await lease.claim(nudge=False) == 0
    await streams.tell(lease, events[1:4])
    await lease.release()
    async with telling(mongo, redis) as process:
        await process.outbox.insert_many(events)
        await until(lambda: all_told(process))
    assert sorted(await kept(redis, TOPIC)) == ["0", "1", "2", "3", "4", "5"]
    assert sorted(await kept(redis, OTHER)) == ["0", "1", "2", "3", "4", "5"]


async def test_what_follows_an_event_is_queued_once_whoever_died_on_the_way(
    mongo: Mongo, redis: Redis
) -> None:
    """One event was told and not marked, of one the job was asked for as well, one is new."""
    lease, streams = Lease(redis, "events", 5.0), Streams(redis)
    told, asked, new = events = numbered(Ids(utc_now), 3, [TOPIC])
    assert await lease.claim(nudge=False) == 0
    await streams.tell(lease, [told, asked])
    await lease.release()
    queued: list[str] = []

    async def queue(job: Job) -> None:
        queued.append(job.id)

    jobs = [Job(id=f"index:{asked.id}", task="index", arguments={}, at=NOW, revision="x")]
    await Jobs(mongo).ask_once(jobs)
    await Jobs(mongo).mark(jobs, NOW)
    follows = {told.type: "index"}
    async with telling(mongo, redis, follows=follows, queue=queue) as process:
        await process.outbox.insert_many(events)
        await until(lambda: all_told(process))

        async def none_waits() -> bool:
            return not await process.jobs.waiting("", 10)

        await until(none_waits)
    assert sorted(queued) == [f"index:{told.id}", f"index:{new.id}"]


async def test_whoever_lost_the_lease_can_tell_nothing(redis: Redis) -> None:
    """The step that tells looks whether it is still its turn."""
    old, new, streams = Lease(redis, "events", 1.0), Lease(redis, "events", 5.0), Streams(redis)
    assert await old.claim(nudge=False) == 0
    assert await new.claim(nudge=False) > 0

    async def taken() -> bool:
        return await new.claim(nudge=False) == 0

    await until(taken)
    with pytest.raises(LeaseLost):
        await streams.tell(old, numbered(Ids(utc_now), 3))
    assert await kept(redis, TOPIC) == []
    await old.release()
    assert await redis.client.get(new.key) == new.token


async def test_events_wait_while_a_process_that_does_not_relay_holds_the_lease(
    mongo: Mongo, redis: Redis
) -> None:
    """A process that hangs holds the others up for the time of its lease, not for ever."""
    hanging = Lease(redis, "events", 1.5)
    assert await hanging.claim(nudge=False) == 0
    async with telling(mongo, redis) as process:
        await record(process, mongo, ["waited"])
        assert not await all_told(process)
        async with paced() as pace:
            await until(lambda: all_told(process))
        assert pace.seconds < 3


async def test_a_failure_in_the_work_is_outlived(
    redis: Redis, channels: Channels, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged and tried again, as new."""
    turns: list[bool] = []

    async def work(lease: Lease, new: bool) -> None:
        turns.append(new)
        if len(turns) == 2:
            raise LookupError("on purpose")

    async def four_turns() -> bool:
        return len(turns) >= 4

    running = asyncio.create_task(Leader(redis, channels, "test", work, poll=0.01).run())
    await until(four_turns)
    await end(running)
    assert turns[:4] == [True, False, True, False]
    assert "test failed and tries again" in caplog.text


async def test_what_comes_alone_waits_for_nothing_and_a_steady_flow_is_gathered(
    redis: Redis, channels: Channels
) -> None:
    """A leader rests between two rounds only while much comes."""
    turns: list[bool] = []

    async def work(lease: Lease, new: bool) -> None:
        turns.append(new)

    leader = Leader(redis, channels, "test", work, lease=60.0, poll=60.0, rest=1.0)
    leading = asyncio.create_task(leader.run())
    await until(lambda: started(turns))
    async with paced() as pace:
        for number in range(2, 5):
            leader.nudge()
            await until(partial(reached, turns, number))
    assert pace.seconds < 1
    for _ in range(40):
        leader.nudge()
        await asyncio.sleep(0)
    before = len(turns)
    async with paced() as pace:
        for _ in range(40):
            leader.nudge()
            await asyncio.sleep(0)
    assert len(turns) - before <= 1 + pace.seconds
    await end(leading)


async def reached(turns: Sequence[object], wanted: int) -> bool:
    """Whether there were so many turns."""
    return len(turns) >= wanted


async def test_what_was_told_in_a_moment_is_marked_together(
    engines: EngineUrls, name: str, mongo: Mongo, redis: Redis
) -> None:
    """One write notes all that was told since, however many rounds told it."""
    commands: list[str] = []
    seen = Mongo(engines.mongodb, name, seen=lambda command, _, __: commands.append(command))
    async with telling(seen, redis) as process:
        listener = process.listen(TOPIC)
        await listener.start()
        for _ in range(2):  # the second time after a first moment has passed
            commands.clear()
            for number in range(4):
                await record(process, seen, [str(number)])
                await take(listener, 1)
            await until(lambda: all_told(process))
            assert 1 <= commands.count("update") < 4
        await listener.aclose()
    await seen.close()


async def test_a_job_is_handed_on_after_its_change_was_committed(
    mongo: Mongo, redis: Redis
) -> None:
    """Once, with all that was asked; not where the change was rolled back."""
    got: list[Job] = []

    async def queue(job: Job) -> None:
        got.append(job)

    async with telling(mongo, redis, queue=queue) as events:

        async def change() -> None:
            await events.enqueue("publish", "content:1", {"id": "cnt_1"})

        async def undone() -> None:
            await events.enqueue("publish", "content:2", {})
            raise LookupError

        with pytest.raises(LookupError):
            await mongo.transact(undone)
        await mongo.transact(change)

        async def handed_on() -> bool:
            return await events.jobs.count({"queued_at": {"$ne": None}}) == 1

        await until(handed_on)
    assert [(job.task, job.id, job.arguments) for job in got] == [
        ("publish", "content:1", {"id": "cnt_1"})
    ]


async def test_a_job_that_cannot_be_queued_waits_and_holds_up_no_other(
    mongo: Mongo, redis: Redis
) -> None:
    """More of them than fit on a page, and the good one behind them is queued."""
    got: list[str] = []
    broken = True

    async def queue(job: Job) -> None:
        if broken and job.id != "z":
            raise LookupError(job.id)
        got.append(job.id)

    async with telling(mongo, redis, queue=queue) as events:

        async def change() -> None:
            for number in range(60):
                await events.enqueue("publish", f"a{number:02}", {})
            await events.enqueue("publish", "z", {})

        await mongo.transact(change)

        async def good_one() -> bool:
            return got == ["z"]

        await until(good_one)
        broken = False

        async def all_of_them() -> bool:
            return len(got) == 61

        await until(all_of_them)
    assert len(set(got)) == 61


async def test_ten_thousand_events_that_piled_up_are_told_in_order(
    mongo: Mongo, redis: Redis
) -> None:
    """As after a long absence of Redis, and within seconds."""
    async with telling(mongo, redis, cap=20_000) as events:
        listener = events.listen(TOPIC)
        await listener.start()
        await events.outbox.insert_many(numbered(Ids(utc_now), 10_000))
        await record(events, mongo, ["last"])
        taken = subjects(await take(listener, 10_001, within=30.0))
        assert taken == [*map(str, range(10_000)), "last"]
        await listener.aclose()


async def relay_through_kills(
    engines: EngineUrls, mongo: Mongo, redis: Redis, name: str, *, count: int, kills: int, seed: int
) -> None:
    """Relay `count` events on two topics, killing the relay at random points in between."""
    chance = random.Random(seed)
    events = numbered(Ids(utc_now), count, [TOPIC, OTHER])
    async with telling(mongo, redis) as process:
        outbox = process.outbox
    await outbox.insert_many(events)
    stream = redis.key("stream", TOPIC)
    for kill in range(kills + 1):
        relaying = spawn(engines, name, lease=0.3, batch=7)
        try:
            told = await redis.client.xlen(stream)
            left = (count - told) // (kills + 1 - kill)
            goal = count if kill == kills else told + chance.randrange(left + 1)

            async def reached(goal: int = goal) -> bool:
                return await redis.client.xlen(stream) >= goal

            await until(reached, within=20.0)
            if kill == kills:
                await until(lambda: all_told(process), within=20.0)
        finally:
            relaying.kill()
            relaying.wait()
    for topic in (TOPIC, OTHER):
        assert await kept(redis, topic) == [event.subject for event in events]


async def test_killing_the_relay_loses_and_repeats_nothing(
    engines: EngineUrls, mongo: Mongo, redis: Redis, name: str
) -> None:
    """kill -9 among batches; its successors go on where it was, in every stream."""
    await relay_through_kills(engines, mongo, redis, name, count=1500, kills=4, seed=4)
