"""Whoever published hears of what did not go out, and of nothing that did."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from datasources.content import Platform
from datasources.mongo import Mongo
from datasources.notifications import Notification, NotificationKind
from datasources.redis import Redis
from datasources.targets import Target
from services.platform_failures import (
    ContentRejected,
    PlatformFailure,
    PlatformUnavailable,
    PossiblyPublished,
)
from tests.publishing_world import EDITOR, HOME, ManualClock, Wire, World, open_world, populate


@pytest.fixture
def wire() -> Wire:
    """A platform that answers as told."""
    return Wire()


@pytest.fixture
async def world(mongo: Mongo, redis: Redis, wire: Wire) -> AsyncIterator[World]:
    """A workspace with an editor."""
    async with open_world(mongo, redis, clock=ManualClock(), adapters=[wire]) as world:
        await populate(world)
        yield world


async def delivered(world: World) -> Target:
    """A publication to X, as far as the worker brings it at once."""
    draft = await world.write()
    _, (target,) = await world.publishing.publish(world.editor, draft, [Platform.X])
    return await world.deliver(target)


async def told(world: World) -> list[Notification]:
    """What anyone was notified of, in order."""
    return await world.stores.notifications.find({}, sort=[("_id", 1)])


@pytest.mark.parametrize(
    ("answer", "kind", "begins"),
    [
        (
            ContentRejected(Platform.X, "body", "at most 280"),
            NotificationKind.PUBLISH_FAILED,
            "Publishing to X failed. X refused the body",
        ),
        (
            PossiblyPublished(Platform.X),
            NotificationKind.PUBLISH_UNCONFIRMED,
            "X did not confirm a publication.",
        ),
    ],
)
async def test_what_did_not_go_out_for_certain_is_told_to_who_asked(
    world: World, wire: Wire, answer: PlatformFailure, kind: NotificationKind, begins: str
) -> None:
    wire.answers = [answer]
    target = await delivered(world)
    (notification,) = await told(world)
    assert (notification.user_id, notification.kind) == (EDITOR, kind)
    assert notification.message.startswith(begins)
    assert notification.subject == target.content_id
    assert notification.workspace_id == HOME
    (event,) = await world.told("notification.created")
    assert (event.topics, event.subject) == ([f"user:{EDITOR}"], notification.id)


async def test_what_goes_out_and_what_is_tried_again_is_not_told(world: World, wire: Wire) -> None:
    wire.answers = [PlatformUnavailable(Platform.X)]
    target = await delivered(world)
    assert await told(world) == []
    await world.deliver(target)
    assert await told(world) == []
