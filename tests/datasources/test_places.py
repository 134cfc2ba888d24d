"""Places that are held: counted over all processes, kept through outages, freed by the dead."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.places import Place, Places
from datasources.redis import Redis

A, B = Place("a", 3), Place("b", 2)


@asynccontextmanager
async def process(redis: Redis, seconds: float = 30) -> AsyncIterator[Places]:
    """What one process holds, in Redis that others see too."""
    places = Places(redis, seconds=seconds)
    await places.start()
    try:
        yield places
    finally:
        await places.close()


async def kept(redis: Redis) -> list[str]:
    """The keys that are there."""
    return [key async for key in redis.client.scan_iter(f"{redis.namespace}:*")]


async def filled(places: Places, place: Place) -> int:
    """How many more could be taken."""
    taken = 0
    while await places.take(place) is None:
        taken += 1
    return taken


async def test_no_more_are_taken_than_there_are_whichever_process_asks(redis: Redis) -> None:
    async with process(redis) as one, process(redis) as other:
        assert await one.take(A) is None
        assert await other.take(A) is None
        assert await one.take(A) is None
        assert await one.take(A) == await other.take(A) == A
        one.leave(A)
        assert await one.take(B) is None  # what was left is told before it
        assert await other.take(A) is None
        assert (one.held("a"), other.held("a")) == (1, 2)


async def test_many_at_once_do_not_slip_through(redis: Redis) -> None:
    async with process(redis) as one, process(redis) as other:
        found = await asyncio.gather(*(each.take(A) for each in (one, other) * 300))
        assert found.count(None) == 3


async def test_where_one_of_several_is_full_none_is_taken(redis: Redis) -> None:
    async with process(redis) as places:
        assert await filled(places, B) == 2
        assert await places.take(A, B) == B
        assert await filled(places, A) == 3


async def test_nothing_is_kept_once_all_was_left(redis: Redis) -> None:
    async with process(redis) as places:
        await places.take(A, B)
        assert len(await kept(redis)) == 2
    assert await kept(redis) == []


async def test_what_a_killed_process_held_is_free_after_its_lease(redis: Redis) -> None:
    killed = Places(redis, seconds=2)
    assert await filled(killed, A) == 3
    async with process(redis) as places, asyncio.timeout(40):
        assert await places.take(A) == A
        while await places.take(A) is not None:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


async def test_what_a_living_process_holds_stays_beyond_its_lease(redis: Redis) -> None:
    async with process(redis, 1.5) as living, process(redis) as other:
        assert await filled(living, A) == 3
        await asyncio.sleep(3.1)  # two leases have to pass
        assert await other.take(A) == A


async def test_who_stops_waiting_for_a_place_does_not_hold_it(redis: Redis) -> None:
    async with process(redis) as places:
        for _ in range(10):
            asking = asyncio.create_task(places.take(A))
            await asyncio.sleep(0)
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
        async with asyncio.timeout(40):
            await places.take()  # nothing: what was asked before has been answered then
            while places.held("a"):
                await places.take()
        assert await filled(places, A) == 3


async def test_a_redis_that_forgot_is_told_again(redis: Redis) -> None:
    async with process(redis, 0.3) as one, process(redis) as other, asyncio.timeout(40):
        assert await filled(one, A) == 3
        await redis.client.delete(*await kept(redis))
        while not await kept(redis):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
        assert await other.take(A) == A


async def test_while_redis_is_away_each_process_counts_for_itself_and_tells_it_later(
    redis: Redis,
) -> None:
    """The address is that of nobody first, then of Redis."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = Redis(f"redis://127.0.0.1:{closed.getsockname()[1]}", redis.namespace, timeout=0.5)
        places = Places(away)
        assert await filled(places, A) == 3
        places.leave(A)
        assert await filled(places, A) == 1
    await away.close()
    places._redis, places._script.registered_client = redis, redis.client
    places.leave(A)
    async with process(redis) as other:
        assert await places.take(B) is None
        assert await filled(other, A) == 1
        await places.close()
        assert await filled(other, A) == 2


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from("ab+")), max_size=30))
async def test_any_order_of_taking_and_leaving_keeps_the_count(
    redis: Redis, steps: list[tuple[int, str]]
) -> None:
    """Two processes, as one that only counts."""
    held: list[list[Place]] = [[], []]
    async with process(redis) as one, process(redis) as other:
        for who, step in steps:
            places = (one, other)[who]
            if step == "+" and held[who]:
                places.leave(held[who].pop())
                await places.take()
            elif step != "+":
                place = A if step == "a" else B
                full = [*held[0], *held[1]].count(place) >= place.limit
                assert (await places.take(place) is not None) == full
                if not full:
                    held[who].append(place)


@pytest.mark.parametrize("names", [1, 500])
async def test_what_is_held_is_written_anew_in_one_command(redis: Redis, names: int) -> None:
    async with process(redis, 0.3) as places:
        await asyncio.gather(*(places.take(Place(str(n), 1)) for n in range(names)))
        await asyncio.sleep(0.2)  # it is written anew after a third of the lease
        assert await redis.client.hlen(places._mine) == names
