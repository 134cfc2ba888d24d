"""Whose bucket is charged, what comes back, and what holds while Redis is away."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from datasources.buckets import Buckets, Size
from datasources.failures import Unavailable
from datasources.redis import Redis
from datasources.revocations import Revocations
from services.failures import Unauthenticated
from services.limits import RateLimits, bucket
from services.viewer import ANONYMOUS, KeyGrant, Viewer

ADA = Viewer(user_id="usr_ada")
KEY = Viewer(user_id="usr_ada", key=KeyGrant("key_1", "wsp_1", frozenset()))
SIZES = {"anonymous": Size(30, 3), "free": Size(100, 10), "pro": Size(1000, 100)}


class Time:
    """A clock that is set by hand, in seconds."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Everyone:
    """All who are signed in have the same plan."""

    plan: str

    def known(self, viewer: Viewer) -> str | None:
        return self.plan if viewer.signed_in else "anonymous"

    async def learn(self, viewer: Viewer) -> str:
        raise AssertionError("it is known")


@pytest.fixture
def limits(redis: Redis) -> RateLimits:
    """Small limits, at a time that stands still."""
    return RateLimits(Buckets(redis, Time()), SIZES, clock=Time(), plans=Everyone("free"))


def test_user_key_and_address_have_buckets_of_their_own() -> None:
    names = [bucket(ADA, "10.0.0.1"), bucket(KEY, "10.0.0.1"), bucket(ANONYMOUS, "10.0.0.1")]
    assert len(set(names)) == 3
    assert bucket(ADA, "10.0.0.2") == names[0]
    assert bucket(ANONYMOUS, "10.0.0.2") != names[2]
    assert "10.0.0.1" not in names[2]


def test_one_network_of_a_household_is_one_caller() -> None:
    one, other = (bucket(ANONYMOUS, f"2001:db8::{end}") for end in ("1", "2"))
    assert one == other != bucket(ANONYMOUS, "2001:db8:0:1::1")


async def test_an_operation_that_costs_nothing_takes_a_point(limits: RateLimits) -> None:
    reserved = await limits.reserve(ADA, "", 0)
    assert (reserved.left.points, reserved.left.requests) == (99, 9)
    assert limits.settle(reserved, 0).points == 99


async def test_what_was_not_spent_comes_back(limits: RateLimits) -> None:
    reserved = await limits.reserve(ADA, "", 60)
    assert limits.settle(reserved, 20).points == 80
    again = await limits.reserve(ADA, "", 80)
    assert (again.left.wait, again.left.points) == (0, 0)


async def test_what_was_not_run_gives_back_its_points_and_not_its_request(
    limits: RateLimits,
) -> None:
    limits.settle(await limits.reserve(ADA, "", 60), 0)
    reserved = await limits.reserve(ADA, "", 1)
    assert (reserved.left.points, reserved.left.requests) == (98, 8)


async def test_the_plan_decides_the_size(redis: Redis) -> None:
    limits = RateLimits(Buckets(redis), SIZES, plans=Everyone("pro"))
    assert await limits.size(ADA) == SIZES["pro"]
    assert (await limits.reserve(ADA, "", 900)).left.wait == 0


async def test_anonymous_callers_are_limited_while_redis_is_away() -> None:
    redis = Redis("redis://127.0.0.1:1", "away", timeout=0.2)
    limits = RateLimits(Buckets(redis), SIZES, clock=Time(), plans=Everyone("free"))
    made = [await limits.reserve(ANONYMOUS, "10.0.0.1", 10) for _ in range(4)]
    assert [each.left.points for each in made] == [20, 10, 0, 0]
    assert made[3].left.wait > 0
    assert limits.settle(made[0], 1).points == 9
    assert (await limits.reserve(ANONYMOUS, "10.0.0.2", 10)).left.wait == 0
    await redis.close()


async def test_redis_is_asked_again_a_second_after_it_failed(redis: Redis) -> None:
    time = Time()
    away = Redis("redis://127.0.0.1:1", "away", timeout=0.2)
    limits = RateLimits(Buckets(away), SIZES, clock=time, plans=Everyone("free"))
    assert (await limits.reserve(ADA, "", 1)).local
    limits._buckets = Buckets(redis)
    assert (await limits.reserve(ADA, "", 1)).local
    time.now += 1
    assert not (await limits.reserve(ADA, "", 1)).local
    await away.close()


async def test_who_is_only_presumed_is_refused_once_the_token_was_revoked(
    redis: Redis, limits: RateLimits
) -> None:
    """And it costs the person nothing. Who was let in before is charged without that question."""
    await Revocations(redis).revoke({"tok_1": 60})
    viewer = Viewer(user_id="usr_ada", token_id="tok_1")
    with pytest.raises(Unauthenticated):
        await limits.reserve(viewer, "", 10, presumed=True)
    assert (await limits.reserve(viewer, "", 10)).left.points == 90


async def test_who_is_only_presumed_waits_for_redis(redis: Redis) -> None:
    """Nobody is let in on a guess; who asks without a token is limited by this process."""
    away = Redis("redis://127.0.0.1:1", "away", timeout=0.2)
    limits = RateLimits(Buckets(away), SIZES, clock=Time(), plans=Everyone("free"))
    viewer = Viewer(user_id="usr_ada", token_id="tok_1")
    for _ in range(2):
        with pytest.raises(Unavailable):
            await limits.reserve(viewer, "", 10, presumed=True)
    assert (await limits.reserve(ANONYMOUS, "10.0.0.1", 10, presumed=True)).local
    limits._buckets = Buckets(redis)
    assert not (await limits.reserve(viewer, "", 10, presumed=True)).local
    await away.close()
