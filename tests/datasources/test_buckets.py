"""Token buckets, in Redis and in memory: both keep the same rules."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from datasources.buckets import Buckets, Left, LocalBuckets, Size, Take
from datasources.failures import Unavailable
from datasources.redis import Redis
from datasources.revocations import Revocations

SIZE = Size(points=600, requests=60, seconds=60)
Taking = Callable[..., Awaitable[Left]]


class Time:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    """The time of a test."""
    return Time()


@pytest.fixture(params=["redis", "memory"])
async def take(request: pytest.FixtureRequest, redis: Redis, time: Time) -> AsyncIterator[Taking]:
    """Takes points, and a request unless told otherwise, from a bucket called `b`."""
    there, here = Buckets(redis, time), LocalBuckets(time)

    async def taken(points: int, requests: int = 1, bucket: str = "b", size: Size = SIZE) -> Left:
        each = Take(bucket, size, points, requests)
        return await there.take(each) if request.param == "redis" else here.take(each)

    yield taken


async def test_a_bucket_begins_full_and_says_what_is_left(take: Taking) -> None:
    assert await take(10) == Left(0, 590, 59)
    assert await take(90) == Left(0, 500, 58)


async def test_where_there_is_too_little_nothing_is_taken_and_the_wait_is_told(
    take: Taking, time: Time
) -> None:
    await take(595)
    assert await take(10) == Left(0.5, 5, 59)
    assert await take(5) == Left(0, 0, 58)
    time.now += 0.5
    assert await take(5) == Left(0, 0, 57)


async def test_requests_run_out_as_points_do(take: Taking, time: Time) -> None:
    for _ in range(60):
        assert (await take(1)).wait == 0
    assert await take(1) == Left(1, 540, 0)
    time.now += 1
    assert (await take(1)).wait == 0


async def test_what_is_restored_is_bounded_by_the_size(take: Taking, time: Time) -> None:
    await take(600)
    time.now += 30
    assert (await take(0, 0)).points == 300
    time.now += 3000
    assert await take(0, 0) == Left(0, 600, 60)


async def test_points_are_given_back_even_where_there_are_none(take: Taking) -> None:
    await take(600)
    assert await take(-100, 0) == Left(0, 100, 59)
    assert (await take(-5000, 0)).points == 600


async def test_buckets_know_nothing_of_each_other(take: Taking) -> None:
    await take(600)
    assert (await take(600, bucket="another")).wait == 0


async def test_another_plan_counts_from_the_next_take_on(take: Taking) -> None:
    await take(600)
    assert (await take(1, size=Size(6000, 600))).wait > 0
    assert (await take(0, 0, size=Size(6000, 600, 120))).points == 3000


async def test_takes_of_one_moment_leave_as_one_command(redis: Redis, time: Time) -> None:
    buckets = Buckets(redis, time)
    await buckets.take(Take("warm", SIZE, 1, 1))
    before = (await redis.client.info("commandstats"))["cmdstat_evalsha"]["calls"]
    left = await asyncio.gather(*(buckets.take(Take("b", SIZE, 10, 1)) for _ in range(70)))
    after = (await redis.client.info("commandstats"))["cmdstat_evalsha"]["calls"]
    assert after - before == 1
    assert [each.points for each in left[:3]] == [590, 580, 570]
    assert sum(each.wait == 0 for each in left) == 60


async def test_processes_share_a_bucket(redis: Redis, time: Time) -> None:
    one, other = Buckets(redis, time), Buckets(redis, time)
    left = await asyncio.gather(*(each.take(Take("b", SIZE, 20, 1)) for each in [one, other] * 20))
    assert sum(each.wait == 0 for each in left) == 30


async def test_what_is_given_is_not_waited_for_and_arrives(redis: Redis, time: Time) -> None:
    buckets = Buckets(redis, time)
    await buckets.take(Take("b", SIZE, 600, 1))
    buckets.give(Take("b", SIZE, -50, 0))
    await buckets.flushed()
    assert (await buckets.take(Take("b", SIZE, 0, 0))).points == 50


async def test_a_bucket_is_forgotten_once_it_is_full(redis: Redis) -> None:
    buckets = Buckets(redis)
    await buckets.take(Take("b", Size(100, 100, 1000), 10, 1))
    [key] = await redis.client.keys(f"{redis.namespace}:*")
    assert 99_000 < await redis.client.pttl(key) <= 100_001
    await buckets.take(Take("b", Size(100, 100, 1000), -10, -1))
    assert await redis.client.keys(f"{redis.namespace}:*") == []


async def test_a_redis_that_is_away_says_so() -> None:
    redis = Redis("redis://127.0.0.1:1", "away", timeout=0.2)
    buckets = Buckets(redis)
    with pytest.raises(Unavailable):
        await buckets.take(Take("b", SIZE, 1, 1))
    buckets.give(Take("b", SIZE, -1, 0))
    await buckets.flushed()
    await redis.close()


async def test_who_waits_behind_a_failed_command_hears_of_it_at_once() -> None:
    """A Redis that hangs makes all wait once, not one batch after the other."""
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections, and never says a word
    hanging = Redis(f"redis://127.0.0.1:{silent.getsockname()[1]}", "away", timeout=0.3)
    buckets = Buckets(hanging)
    first = asyncio.ensure_future(buckets.take(Take("a", SIZE, 1, 1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.ensure_future(buckets.take(Take("b", SIZE, 1, 1)))
    await asyncio.wait([first])
    for _ in range(10):
        await asyncio.sleep(0)  # steps, and no time
    assert isinstance(first.exception(), Unavailable)
    assert second.done()
    assert isinstance(second.exception(), Unavailable)
    await hanging.close()
    silent.close()


def test_the_memory_of_local_buckets_is_bounded(time: Time) -> None:
    buckets = LocalBuckets(time, most=2)
    for name in "abc":
        buckets.take(Take(name, SIZE, 100, 1))
    assert buckets.take(Take("a", SIZE, 0, 0)).points == 600
    assert buckets.take(Take("c", SIZE, 0, 0)).points == 500


async def test_a_token_that_was_revoked_takes_nothing_and_is_told_from_the_others(
    redis: Redis, time: Time
) -> None:
    """In one command with those that were not, and with those who have none."""
    buckets = Buckets(redis, time)
    await Revocations(redis).revoke({"tok_gone": 60})
    takes = [
        Take("b", SIZE, 10, 1, token) for token in ("tok_good", "tok_gone", None, "tok_gone", "x")
    ]
    found = await asyncio.gather(*(buckets.take(take) for take in takes))
    assert [left.revoked for left in found] == [False, True, False, True, False]
    assert [left.points for left in found] == [590, 590, 580, 580, 570]
    assert await buckets.take(Take("b", SIZE, 0, 0)) == Left(0, 570, 57)
