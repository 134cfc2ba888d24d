"""How an event is published to those who are measured, at the moment from which delays count."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson

from bench.contenders import Contender
from bench.world import CHANNEL, World
from datasources.lease import Lease
from datasources.outbox import Event
from datasources.redis import Redis
from datasources.streams import Streams
from services.clock import utc_now
from services.ids import Ids

Publish = Callable[[str], Awaitable[object]]
"""Publishes that the piece of that id was published."""


@asynccontextmanager
async def publisher(contender: Contender, world: World) -> AsyncIterator[Publish]:
    """Ours goes the way of our relay, the peers' carries the piece itself."""
    settings = world.settings
    redis = Redis(settings.redis_url, settings.redis_namespace, timeout=5)
    lease = Lease(redis, "bench", seconds=600)
    try:
        await lease.claim(nudge=False)
        yield relaying(redis, lease, world) if contender.signed_in else plain(redis)
    finally:
        await lease.release()
        await redis.close()


def relaying(redis: Redis, lease: Lease, world: World) -> Publish:
    """The script by which the relay adds an event to its stream and publishes it, in one step.

    The event names the piece; each listener's server authorises it and reads the piece again.
    """
    streams, new_id = Streams(redis), Ids(utc_now)

    async def publish(id: str) -> None:
        event = Event(
            id=new_id("evt"),
            type="content.published",
            topics=[f"user:{world.author}"],
            subject=id,
            at=utc_now(),
        )
        await streams.tell(lease, [event])

    return publish


def plain(redis: Redis) -> Publish:
    """PUBLISH of the piece as JSON: nothing is kept, nothing is read."""
    at = datetime(2026, 1, 1, 9, tzinfo=UTC).isoformat()

    async def publish(id: str) -> None:
        piece = {
            "id": id,
            "type": "POST",
            "title": "A title of the same length as those stored",
            "status": "PUBLISHED",
            "platforms": ["LINKEDIN", "FEED"],
            "version": 1,
            "publishedAt": at,
        }
        await redis.client.publish(CHANNEL, orjson.dumps(piece).decode())

    return publish
