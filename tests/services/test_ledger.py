"""The ledger: whatever comes, in whatever order, rollups say what the raw snapshots say."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.content import Platform
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.snapshots import Availability, Metric, Snapshot
from datasources.standings import standing_id
from services.metrics import Figure, snapshot
from tests.services.figures import HOME, World, batches, gained, gains, hours, taken, utc

START = utc(2026, 3, 27)
DAY = timedelta(days=1)
FEED, READS = Platform.FEED, Metric.READS


@pytest.fixture
def world(mongo: Mongo, redis: Redis) -> World:
    """An empty ledger."""
    return World(mongo, redis)


def figures() -> st.SearchStrategy[list[Snapshot]]:
    """Snapshots of few counters at few moments, so that they meet."""
    one = st.builds(
        taken,
        st.sampled_from(["cnt_a", "cnt_b"]),
        st.sampled_from([Platform.FEED, Platform.X]),
        st.sampled_from([Metric.READS, Metric.IMPRESSIONS]),
        st.integers(0, 60),
        st.integers(0, 40).map(lambda step: START + step * timedelta(minutes=35)),
    )
    bare = st.integers(0, 40).map(
        lambda step: snapshot(
            HOME,
            Figure("cnt_a", FEED, READS, None, START + step * DAY / 24, Availability.NO_SCOPE),
        )
    )
    return st.lists(st.one_of(one, one, one, bare), min_size=1, max_size=30)


def chosen(rows: list[Snapshot]) -> dict[str, Snapshot]:
    """What has to be stored: of each moment the last figure that was told."""
    found: dict[str, Snapshot] = {}
    for each in rows:
        there = found.get(each.id)
        if there is None or there.value is None or each.value is not None:
            found[each.id] = each
    return found


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=figures(), size=st.integers(1, 12))
async def test_rollups_are_exact_whatever_comes_in_whatever_order(
    world: World, rows: list[Snapshot], size: int
) -> None:
    for collection in world.stores.all():
        if collection.name.startswith(("analytics", "content_hours", "content_days")):
            await collection.delete_many({})
    for batch in batches(rows, size):
        await world.ledger.write(HOME, batch)
    wanted = chosen(rows)
    stored = await world.raw()
    assert {each.id: each.value for each in stored} == {
        id: each.value for id, each in wanted.items()
    }
    for starts, ends in ((START, START + 9 * DAY), (START, START + DAY / 24 * 7)):
        assert await hours(world, starts, ends) == gained(stored, starts, ends)
    await check_pieces(world, stored)


async def check_pieces(world: World, stored: list[Snapshot]) -> None:
    """The pieces' own hours, and where their counters stand."""
    expected: dict[tuple[str, Platform, Metric], int] = {}
    for each, amount in gains(stored):
        key = (each.content_id, each.platform, each.metric)
        expected[key] = expected.get(key, 0) + amount
    found: dict[tuple[str, Platform, Metric], int] = {}
    for hour in await world.content_gains.hours.find({}):
        for metric, amount in hour.sums.items():
            key = (hour.content_id, hour.platform, metric)
            found[key] = found.get(key, 0) + amount
    assert {k: v for k, v in found.items() if v} == {k: v for k, v in expected.items() if v}
    for standing in await world.books.standings.find({}):
        for metric, count in standing.counts.items():
            mine = [
                each
                for each in stored
                if (each.content_id, each.platform, each.metric)
                == (standing.content_id, standing.platform, metric)
            ]
            latest = max(mine, key=lambda each: each.captured_at)
            valued = [each for each in mine if each.value is not None]
            last = max(valued, key=lambda each: each.captured_at, default=None)
            assert count.value == (last.value if last else None)
            assert (count.checked_at, count.availability) == (
                latest.captured_at,
                latest.availability,
            )


async def test_the_same_batch_twice_changes_nothing_the_second_time(world: World) -> None:
    rows = [taken("cnt_a", FEED, READS, each, START + each * DAY) for each in range(5)]
    first = await world.ledger.write(HOME, rows)
    edition = await world.books.editions.version(HOME)
    again = await world.ledger.write(HOME, rows)
    assert (first.recorded, again.recorded, again.unchanged) == (5, 0, 5)
    assert await world.books.editions.version(HOME) == edition


async def test_writers_at_once_lose_nothing(world: World) -> None:
    """Forty batches of the same counters, in random order, eight at a time."""
    rows = [
        taken(f"cnt_{piece}", FEED, READS, each * 3, START + each * DAY / 12)
        for piece in range(3)
        for each in range(40)
    ]
    random.Random(7).shuffle(rows)
    waiting = batches(rows, 5)
    gate = asyncio.Semaphore(4)

    async def write(batch: list[Snapshot]) -> None:
        async with gate:
            await world.ledger.write(HOME, batch)

    await asyncio.gather(*(write(list(batch)) for batch in waiting))
    assert len(await world.raw()) == len(rows)
    assert await hours(world, START, START + 9 * DAY) == {(FEED, READS): 39 * 3 * 3}


async def test_a_piece_that_goes_takes_its_figures_out_of_the_workspace(world: World) -> None:
    for piece in ("cnt_a", "cnt_b"):
        await world.ledger.write(
            HOME, [taken(piece, FEED, READS, each, START + each * DAY / 7) for each in (3, 8)]
        )
    await world.mongo.transact(lambda: world.ledger.forget(HOME, "cnt_a"))
    stored = await world.raw()
    assert {each.content_id for each in stored} == {"cnt_b"}
    assert await hours(world, START, START + 9 * DAY) == gained(stored, START, START + 9 * DAY)
    assert await world.books.standings.get(standing_id("cnt_a", FEED)) is None
    for each in (world.content_gains.hours, world.content_gains.days):
        assert await each.count({"content_id": "cnt_a"}) == 0


async def test_sums_beyond_four_bytes_stay_whole(world: World) -> None:
    rows = [taken(f"cnt_{each}", FEED, READS, 10**9, START) for each in range(5)]
    await world.ledger.write(HOME, rows)
    assert await hours(world, START, START + DAY) == {(FEED, READS): 5 * 10**9}
