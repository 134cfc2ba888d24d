"""Tries are counted before they are made, all in one step, and forgotten by themselves."""

from __future__ import annotations

import asyncio
import time
from collections import Counter as Tally
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.redis import Redis
from datasources.throttle import Counter, Counters
from server.engines import EngineUrls
from services.throttle import Allowance, Limits, RateLimited, Throttle, network


async def test_a_window_holds_so_many_tries_and_says_how_long_to_wait(redis: Redis) -> None:
    counters, one, began = Counters(redis), Counter("one", 3, 60), time.monotonic()
    assert [await counters.hit([one]) for _ in range(3)] == [0, 0, 0]
    wait = await counters.hit([one])
    assert 59.9 - (time.monotonic() - began) < wait <= 60


async def test_a_window_ends_by_itself(redis: Redis) -> None:
    counters, one = Counters(redis), Counter("one", 1, 0.2)
    assert await counters.hit([one]) == 0
    async with asyncio.timeout(10):
        while not (wait := await counters.hit([one])):
            """On a slow machine the window was over before this try, which began another."""
    assert 0 < wait <= 0.2
    async with asyncio.timeout(10):
        while await counters.hit([one]) > 0:  # noqa: ASYNC110 (the window is real time)
            await asyncio.sleep(0.01)


async def test_of_many_at_once_no_more_than_the_limit_get_through(redis: Redis) -> None:
    counters, one = Counters(redis), Counter("one", 5, 60)
    waits = await asyncio.gather(*(counters.hit([one]) for _ in range(40)))
    assert sum(wait == 0 for wait in waits) == 5


async def test_a_try_that_is_refused_by_one_counter_is_counted_by_none(redis: Redis) -> None:
    counters, full, free = Counters(redis), Counter("full", 1, 60), Counter("free", 2, 60)
    await counters.hit([full])
    for _ in range(5):
        assert await counters.hit([full, free]) > 0
    assert [await counters.hit([free]) == 0 for _ in range(3)] == [True, True, False]


async def test_what_is_given_back_after_the_window_does_not_stay(redis: Redis) -> None:
    counters, one = Counters(redis), Counter("one", 2, 60)
    await counters.give_back([one])
    assert await redis.client.exists(redis.key("throttle", "one")) == 0
    assert [await counters.hit([one]) == 0 for _ in range(3)] == [True, True, False]


STEP = st.tuples(
    st.sampled_from(["hit", "hit", "hit", "back", "clear"]),
    st.sets(st.sampled_from(["a", "b"]), min_size=1),
)


@given(
    st.lists(STEP, max_size=25),
    st.fixed_dictionaries({"a": st.integers(1, 4), "b": st.integers(1, 4)}),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_counters_count_as_the_model_does(
    engines: EngineUrls, name: str, steps: list[tuple[str, set[str]]], limits: dict[str, int]
) -> None:
    asyncio.run(compare(engines.redis, name, steps, limits))


async def compare(
    url: str, name: str, steps: list[tuple[str, set[str]]], limits: dict[str, int]
) -> None:
    redis = Redis(url, name)
    counters = Counters(redis)
    model: Tally[str] = Tally()
    known = {each: Counter(each, limit, 60) for each, limit in limits.items()}
    await counters.clear(list(known.values()))
    for action, names in steps:
        chosen = [known[each] for each in sorted(names)]
        if action == "hit":
            room = all(model[each] < limits[each] for each in names)
            assert (await counters.hit(chosen) == 0) == room
            model.update(names if room else [])
        elif action == "back":
            await counters.give_back(chosen)
            model.subtract({each for each in names if model[each]})
        else:
            await counters.clear(chosen)
            model.update({each: -model[each] for each in names})
    await counters.clear(list(known.values()))
    await redis.close()


async def test_nothing_in_redis_tells_whose_tries_they_were(redis: Redis) -> None:
    throttle = Throttle(Counters(redis))
    await throttle.sign_in("ada@example.com", "192.0.2.7")
    await throttle.sign_up("192.0.2.7")
    keys: list[Any] = [key async for key in redis.client.scan_iter(redis.key("throttle", "*"))]
    assert len(keys) == 3
    assert not any("ada" in key or "192" in key for key in keys)
    for key in keys:
        assert await redis.client.ttl(key) > 0


async def test_the_addresses_that_one_client_can_take_count_as_one(redis: Redis) -> None:
    throttle = Throttle(Counters(redis), Limits(sign_up_by_address=Allowance(1, 60)))
    await throttle.sign_up("2001:db8:1:2::1")
    with pytest.raises(RateLimited):
        await throttle.sign_up("2001:db8:1:2:ffff::2")
    await throttle.sign_up("2001:db8:1:3::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1")
    assert network("a socket") == "a socket"


async def test_where_no_address_is_known_the_account_alone_is_counted(redis: Redis) -> None:
    throttle = Throttle(Counters(redis), Limits(sign_in_by_account=Allowance(1, 60)))
    await throttle.sign_up("")
    await throttle.sign_in("ada@example.com", "")
    await throttle.sign_in("bob@example.com", "")
    with pytest.raises(RateLimited):
        await throttle.sign_in("ada@example.com", "")
    await throttle.signed_in("ada@example.com", "")
    await throttle.sign_in("ada@example.com", "")
