"""What the tests of events share: a running `Events`, and waiting for what it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from datasources.mongo import Mongo
from datasources.outbox import Event
from datasources.redis import Redis
from services.clock import utc_now
from services.events import Delivered, Events, Listener
from services.ids import Ids

TOPIC = "workspace:wsp_a"


@asynccontextmanager
async def telling(mongo: Mongo, redis: Redis, **options: Any) -> AsyncIterator[Events]:
    """A process's events, started, and closed at the end of the block."""
    events = Events(mongo, redis, Ids(utc_now), **options)
    await events.start()
    try:
        yield events
    finally:
        await events.close()


async def record(
    events: Events, mongo: Mongo, subjects: Sequence[str], topics: Sequence[str] = (TOPIC,)
) -> None:
    """Record one event a subject, all in one transaction."""

    async def change() -> None:
        for subject in subjects:
            await events.record("content.updated", topics=topics, subject=subject)

    await mongo.transact(change)


async def take(listener: Listener, count: int, within: float = 40.0) -> list[Delivered]:
    """The next so many; TimeoutError where they do not come."""
    async with asyncio.timeout(within):
        return [await anext(listener) for _ in range(count)]


def subjects(delivered: Sequence[Delivered]) -> list[str]:
    """What they are about."""
    return [found.event.subject for found in delivered]


async def until(condition: Callable[[], Awaitable[bool]], within: float = 40.0) -> None:
    """Wait until it holds; TimeoutError where it never does."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def all_told(events: Events) -> bool:
    """Whether nothing waits in the outbox."""
    return await events.outbox.count({"relayed_at": None}) == 0


def numbered(new_id: Ids, count: int, topics: Sequence[str] = (TOPIC,)) -> list[Event]:
    """Events as they lie in an outbox that nobody relays, their subjects counted from 0."""
    return [
        Event(
            id=new_id("evt"),
            type="content.updated",
            topics=list(topics),
            subject=str(number),
            at=utc_now(),
        )
        for number in range(count)
    ]


async def kept(redis: Redis, topic: str) -> list[str]:
    """Subjects of all that is in the topic's stream, in order."""
    found: Any = await redis.client.xrange(redis.key("stream", topic))

    return [
        msgspec.json.decode(fields["event"], type=Event).subject
        for _, fields in found
        if "event" in fields
    ]
