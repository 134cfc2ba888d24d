"""A subscriber that is cut off goes on from its cursor: each event once, and in order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import Engines
from services.events import CursorExpired, Events, SlowConsumer
from services.failures import Failure
from tests.pace import paced
from tests.services.telling import TOPIC, all_told, kept, record, subjects, take, telling, until

Cut = Callable[[], Awaitable[object]]


@dataclass
class Subscriber:
    """A client: it knows what it had and its last cursor, and nothing else."""

    events: Events
    cursor: str
    had: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    async def follow(self, count: int, pause: float = 0.0) -> None:
        """Subscribe, take so many, and go away without a word; resume where the server ends it."""
        async with aclosing(self.events.listen(TOPIC, after=self.cursor)) as listener:
            try:
                for _ in range(count):
                    found = await anext(listener)
                    self.had.append(found.event.subject)
                    self.cursor = found.cursor
                    await asyncio.sleep(pause)
            except SlowConsumer as ended:
                self.ended.append(ended.code)


async def produce(events: Events, mongo: Mongo, count: int, chance: random.Random) -> None:
    """Record so many, a few in each transaction, now and then with a rest."""
    done = 0
    while done < count:
        size = min(chance.randint(1, 40), count - done)
        await record(events, mongo, [str(number) for number in range(done, done + size)])
        done += size
        await asyncio.sleep(chance.choice([0, 0, 0.002]))


async def cut_off_and_resume(
    events: Events, mongo: Mongo, redis: Redis, *, count: int, cuts: int, seed: int
) -> None:
    """Follow a flow of `count` events through `cuts` cuts of two kinds, at random points.

    The client goes away, or the server's own connection to Redis is killed under it.
    """
    chance = random.Random(seed)
    client = Subscriber(events, await events.cursor(TOPIC))
    points = sorted(chance.sample(range(1, count), cuts))
    async with asyncio.timeout(300), asyncio.TaskGroup() as tasks:
        producing = tasks.create_task(produce(events, mongo, count, chance))
        for point in points:
            while len(client.had) < point:
                await client.follow(point - len(client.had))
            if chance.random() < 0.3:
                await redis.client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
            await asyncio.sleep(chance.choice([0, 0.001, 0.02]))
        await producing
        while len(client.had) < count:
            await client.follow(count - len(client.had))
    assert client.had == [str(number) for number in range(count)]
    assert await kept(redis, TOPIC) == client.had[-len(await kept(redis, TOPIC)) :]


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_subscriber_that_is_cut_off_has_each_event_once_and_in_order(
    mongo: Mongo, redis: Redis, seed: int
) -> None:
    """20 cuts during 1,000 events; `make soak` has the 100 during 10,000."""
    async with telling(mongo, redis) as events:
        await cut_off_and_resume(events, mongo, redis, count=1000, cuts=20, seed=seed)


async def test_a_slow_subscriber_that_resumes_has_each_event_once_and_in_order(
    mongo: Mongo, redis: Redis
) -> None:
    """It is ended again and again for being slow, and still misses nothing."""
    async with telling(mongo, redis, capacity=5) as events, asyncio.TaskGroup() as tasks:
        client = Subscriber(events, await events.cursor(TOPIC))
        tasks.create_task(produce(events, mongo, 400, random.Random(7)))
        while len(client.had) < 400:
            await client.follow(400 - len(client.had), pause=0.001)
        assert client.had == [str(number) for number in range(400)]
        assert client.ended


async def test_a_listener_outlives_the_connection_to_redis(mongo: Mongo, redis: Redis) -> None:
    """What is told while the connection is down is read from the stream when it is back."""
    async with telling(mongo, redis) as events:
        listener = events.listen(TOPIC)
        await listener.start()
        for number in range(30):
            await redis.client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
            await record(events, mongo, [f"{number} a", f"{number} b"])
            assert subjects(await take(listener, 2)) == [f"{number} a", f"{number} b"]
        await listener.aclose()


async def answers(engine: Mongo | Redis) -> bool:
    """Whether it is there."""
    try:
        await engine.ping()
    except Unavailable:
        return False
    return True


@dataclass
class Fallible:
    """A Redis that can be killed, and the events on it."""

    engines: Engines
    redis: Redis
    mongo: Mongo

    def kill(self) -> None:
        """kill -9; the launcher brings it back."""
        os.kill(self.engines.valkey_pid, signal.SIGKILL)

    async def back(self) -> None:
        """Return when it answers again."""
        await until(lambda: answers(self.redis), within=20.0)


@pytest.fixture
async def fallible(mongo: Mongo, name: str) -> AsyncIterator[Fallible]:
    """A Redis of one's own."""
    with tempfile.TemporaryDirectory(prefix="bg-redis-") as folder:
        engines = Engines(Path(folder), mongod=False)
        try:
            redis = Redis(engines.start().redis, name)
            yield Fallible(engines, redis, mongo)
            await redis.close()
        finally:
            engines.stop()


async def test_killing_redis_while_events_flow_loses_and_repeats_nothing(
    fallible: Fallible,
) -> None:
    """A listener that stays waits for it; the writes go on meanwhile."""
    mongo, redis = fallible.mongo, fallible.redis
    async with telling(mongo, redis, lease=0.3) as events, asyncio.TaskGroup() as tasks:
        listener = events.listen(TOPIC)
        await listener.start()
        producing = tasks.create_task(produce(events, mongo, 600, random.Random(3)))
        had: list[str] = []
        for _ in range(3):
            had += subjects(await take(listener, 100, within=30.0))
            fallible.kill()
        had += subjects(await take(listener, 300, within=30.0))
        await producing
        assert had == [str(number) for number in range(600)]
        assert await kept(redis, TOPIC) == had
        await listener.aclose()


async def test_killing_the_database_while_events_are_told_loses_and_repeats_nothing(
    redis: Redis, name: str
) -> None:
    """What was told and could not be marked is marked later, and not told again."""
    with tempfile.TemporaryDirectory(prefix="bg-mongo-") as folder:
        engines = Engines(Path(folder), valkey=False)
        try:
            mongo = Mongo(engines.start().mongodb, name)
            async with telling(mongo, redis, batch=10) as events:
                await events.outbox.raw.create_indexes(list(events.outbox.indexes))
                listener = events.listen(TOPIC)
                await listener.start()
                had: list[str] = []
                await record(events, mongo, [str(n) for n in range(200)])
                had += subjects(await take(listener, 15))
                os.kill(engines.mongod_pid, signal.SIGKILL)
                had += subjects(await take(listener, 185, within=30.0))
                await until(lambda: all_told(events), within=20.0)
                await record(events, mongo, ["the last for now"])
                had += subjects(await take(listener, 1))
                os.kill(engines.mongod_pid, signal.SIGKILL)
                await until(lambda: answers(mongo), within=30.0)
                await until(lambda: all_told(events), within=20.0)
                assert had == await kept(redis, TOPIC)
                assert had == [*map(str, range(200)), "the last for now"]
                await listener.aclose()
            await mongo.close()
        finally:
            engines.stop()


async def test_listening_is_refused_at_once_while_redis_is_away(fallible: Fallible) -> None:
    """It says when to try again; recording goes on, and is told when Redis is back."""
    mongo, redis = fallible.mongo, fallible.redis
    async with telling(mongo, redis, lease=0.3) as events:
        listener = events.listen(TOPIC)
        await listener.start()
        fallible.engines.stop()
        await record(events, mongo, ["while away"])
        late = events.listen(TOPIC)
        async with paced() as pace:
            with pytest.raises(Exception, match="does not answer") as refused:
                await late.start()
        assert pace.seconds < 1.5
        assert getattr(refused.value, "code", None) == "UNAVAILABLE"
        assert not await all_told(events)
        fallible.engines.start()
        await fallible.back()
        assert subjects(await take(listener, 1)) == ["while away"]
        await listener.aclose()


async def test_events_that_a_wiped_redis_had_just_been_told_are_told_again(
    fallible: Fallible,
) -> None:
    """A listener from before is ended, for it cannot know; a new one finds them in the stream."""
    mongo, redis = fallible.mongo, fallible.redis
    async with telling(mongo, redis, lease=0.3) as events:
        listener = events.listen(TOPIC)
        await listener.start()
        await record(events, mongo, ["one", "two"])
        await take(listener, 2)
        await until(lambda: all_told(events))
        await redis.client.flushall()
        fallible.kill()
        await fallible.back()
        await record(events, mongo, ["three"])

        async def there() -> bool:
            return len(await kept(redis, TOPIC)) == 3

        await until(there)
        assert await kept(redis, TOPIC) == ["one", "two", "three"]
        with pytest.raises(CursorExpired):
            await take(listener, 3)
        assert issubclass(CursorExpired, Failure)
