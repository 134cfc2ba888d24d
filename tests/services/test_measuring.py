"""Platforms are asked how posts do: in batches, by age, and one refusal does not fail the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest

from datasources.content import ContentStatus, Platform
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.snapshots import Availability, Metric
from datasources.standings import standing_id
from datasources.targets import PublishState, Target
from services.adapters import Adapters, Post, Published
from services.clock import utc_now
from services.measuring import Measuring, next_at
from services.meters import Measured, Reading
from services.platform_failures import MissingScope, RateLimited
from tests.services.figures import HOME, World
from tests.services.people import Hands

Answer = Callable[[Sequence[Measured]], Mapping[str, Sequence[Reading]]]


class Gauge:
    """A platform that answers as it is told, and remembers what it was asked."""

    platform = Platform.X
    idempotent = True
    at_once = 3

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[list[str]] = []

    async def publish(self, post: Post) -> Published:
        """Nothing is published here."""
        return Published(post.target_id, None)

    async def withdraw(self, target_id: str) -> None:
        """Nothing was."""

    async def measure(self, posts: Sequence[Measured]) -> Mapping[str, Sequence[Reading]]:
        """What it was told to say."""
        self.asked.append([each.target_id for each in posts])
        return self.answer(posts)


def liked(posts: Sequence[Measured]) -> dict[str, Sequence[Reading]]:
    """Each post has some reactions, and a metric that was retired."""
    return {
        each.target_id: [
            Reading(Metric.REACTIONS, 5),
            Reading(Metric.REACH, None, Availability.UNSUPPORTED),
        ]
        for each in posts
    }


@pytest.fixture
def world(mongo: Mongo, redis: Redis) -> World:
    """An empty ledger."""
    return World(mongo, redis)


async def published(
    world: World, count: int, home: str = HOME, age: timedelta | None = None
) -> None:
    """Targets that are out."""
    at = utc_now() - (age or timedelta())
    for number in range(count):
        id = f"{home}_{number}"
        await world.stores.targets.insert(
            Target(
                id=f"tgt_{id}",
                content_id=f"cnt_{id}",
                workspace_id=home,
                platform=Platform.X,
                content_version=1,
                state=PublishState.PUBLISHED,
                external_id=id,
                found_status=ContentStatus.DRAFT,
                created_at=at,
                updated_at=at,
                published_at=at,
            )
        )


def measuring(world: World, gauge: Gauge, clock: Hands) -> Measuring:
    """The service."""
    return Measuring(world.stores.targets, Adapters([gauge]), world.ledger, clock)


async def test_posts_are_asked_for_in_batches_of_one_workspace(world: World) -> None:
    await published(world, 4)
    await published(world, 2, "wsp_other")
    gauge = Gauge(liked)
    assert await measuring(world, gauge, Hands()).run() == 6
    assert sorted(len(each) for each in gauge.asked) == [1, 2, 3]
    assert all(len({id.rsplit("_", 1)[0] for id in each}) == 1 for each in gauge.asked)
    standing = await world.books.standings.get(standing_id(f"cnt_{HOME}_0", Platform.X))
    assert standing is not None
    assert standing.counts[Metric.REACTIONS].value == 5
    assert standing.counts[Metric.REACH].availability is Availability.UNSUPPORTED


async def test_fresh_posts_are_asked_for_often_and_old_ones_seldom(world: World) -> None:
    await published(world, 1)
    gauge, clock = Gauge(liked), Hands()
    service = measuring(world, gauge, clock)
    asked = []
    for hours in (0, 0.1, 0.4, 24, 5, 2, 24 * 60, 24, 24 * 6):
        clock.forward(hours=hours)
        asked.append(await service.run())
    assert asked == [1, 0, 1, 1, 0, 1, 1, 0, 1]
    (target,) = await world.stores.targets.find({})
    assert next_at(target, clock.now) - clock.now == timedelta(days=7)
    clock.forward(days=365)
    assert next_at(target, clock.now) - clock.now == timedelta(days=30)


async def test_a_platform_that_wants_to_be_left_alone_is_until_it_said(world: World) -> None:
    await published(world, 1)
    clock = Hands()
    back = clock.now + timedelta(hours=3)

    def tired(_: Sequence[Measured]) -> dict[str, Sequence[Reading]]:
        raise RateLimited(Platform.X, back)

    gauge = Gauge(tired)
    service = measuring(world, gauge, clock)
    assert await service.run() == 0
    clock.forward(hours=2.9)
    await service.run()
    assert len(gauge.asked) == 1
    clock.forward(hours=0.2)
    await service.run()
    assert len(gauge.asked) == 2


async def test_what_was_not_granted_is_said_so_and_not_shown_as_nothing(world: World) -> None:
    await published(world, 1)

    def closed(_: Sequence[Measured]) -> dict[str, Sequence[Reading]]:
        raise MissingScope(Platform.X, ["tweet.read"])

    await measuring(world, Gauge(closed), Hands()).run()
    standing = await world.books.standings.get(standing_id(f"cnt_{HOME}_0", Platform.X))
    assert standing is not None
    count = standing.counts[Metric.IMPRESSIONS]
    assert (count.value, count.availability) == (None, Availability.NO_SCOPE)


async def test_two_workers_ask_once(world: World) -> None:
    await published(world, 3)
    gauge, clock = Gauge(liked), Hands()
    service = measuring(world, gauge, clock)
    due = await world.stores.targets.to_measure(Platform.X, clock.now, limit=9)
    assert len(due) == 3
    assert await service.run() == 3
    assert await service._batch(gauge, due) == 0
