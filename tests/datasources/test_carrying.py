"""Figures by hour of an older release are carried over to days, and answers are right meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from datasources.carrying import carry
from datasources.content import Platform
from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.snapshots import Metric
from services.analytics import Question
from services.periods import AnalyticsPeriod, Interval
from tests.services.figures import HOME, World, agreeing, batches, taken, utc

NOW = utc(2026, 6, 30, 9, 41)
HOUR = timedelta(hours=1)
YEAR = Question(AnalyticsPeriod.YEAR, "Asia/Kolkata", Interval.DAY)


@pytest.fixture
async def world(mongo: Mongo, redis: Redis) -> World:
    """A workspace that an older release has written figures of: by hour alone."""
    world = World(mongo, redis)
    await world.settle()
    await write(world, range(0, 4000, 37))
    await older(world)
    return world


async def write(world: World, hours_ago: range) -> None:
    """Three pieces gain a read in each of these hours."""
    rows = [
        taken(f"cnt_{ago % 3}", Platform.FEED, Metric.READS, 4000 - ago, NOW - ago * HOUR)
        for ago in hours_ago
    ]
    for batch in batches(rows, 12):
        await world.ledger.write(HOME, batch)


async def older(world: World) -> None:
    """As though no write had known of days."""
    for rollup in (world.gains, world.content_gains):
        await rollup.days.delete_many({})
    await world.books.editions.update({"_id": HOME}, {"$unset": {"days": "", "carried": ""}})


async def daily(world: World) -> bool:
    """Whether answers are made of days."""
    return (await world.books.editions.now(HOME)).daily


async def shown(world: World) -> dict[str, int]:
    """The year by local day, computed anew."""
    analytics = world.analytics(lambda: NOW)
    await analytics.cache.forget([HOME])
    found = await analytics.overview(world.viewer, HOME, YEAR)
    return {str(each.day): each.totals.engagement for each in found.series}


async def test_a_migration_carries_over_and_the_answers_stay_the_same(world: World) -> None:
    before = await shown(world)
    assert not await daily(world)
    await world.mongo.database["migrations"].delete_many({})
    await Migrations(world.mongo, []).run()
    assert await daily(world)
    await agreeing(world)
    assert await world.gains.days.count({}) > 100
    assert await shown(world) == before


async def test_what_is_written_meanwhile_is_in_both(world: World) -> None:
    await asyncio.gather(carry(world.mongo), write(world, range(1, 1200, 41)))
    assert await daily(world)
    await agreeing(world)


async def test_what_an_older_process_writes_meanwhile_is_carried_over_the_next_time(
    world: World,
) -> None:
    """It raises the version alone. Until then answers are made of hours, and are right."""
    was = await world.books.editions.now(HOME)
    await carry(world.mongo)
    await write(world, range(5, 300, 31))
    right = await shown(world)
    await older(world)
    assert (await world.books.editions.now(HOME)).version > was.version
    await world.books.editions.catch_up(was)
    assert not await daily(world)
    assert await shown(world) == right
    assert await carry(world.mongo) == 1
    assert await daily(world)
    await agreeing(world)
    assert await shown(world) == right


async def test_one_that_is_stopped_half_way_is_begun_again(world: World) -> None:
    carrying = asyncio.create_task(carry(world.mongo))
    while not await world.content_gains.days.count({}):  # noqa: ASYNC110 - it says no word
        await asyncio.sleep(0)
    carrying.cancel()
    await asyncio.gather(carrying, return_exceptions=True)
    assert not await daily(world)
    assert await carry(world.mongo) == 1
    assert await daily(world)
    await agreeing(world)
    assert await carry(world.mongo) == 0


async def test_two_that_carry_over_at_once_count_it_once(world: World) -> None:
    """Else as many writes of an older process would seem to be in days that are not."""
    await asyncio.gather(carry(world.mongo), carry(world.mongo))
    assert await daily(world)
    await agreeing(world)


async def test_a_workspace_that_has_ended_gets_no_days(world: World) -> None:
    (edition,) = await world.books.editions.behind("", 10)
    await world.books.editions.delete(edition.id)
    assert await carry(world.mongo) == 0
    assert await world.gains.days.count({}) == 0
