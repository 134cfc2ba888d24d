"""What waits: jobs, publications and events that nobody has seen to yet, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from datasources.failures import mongo_failures, redis_failures
from datasources.mongo import Mongo
from datasources.outbox import Jobs, Outbox
from datasources.redis import Redis
from datasources.streams import told_by_type
from datasources.targets import PublishState, Targets

# The id of the first entry alone: what the jobs hold is not text.
FIRST = """
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return first and first[1] or ''
"""

PATIENCE_MS = 800
"""The longest that MongoDB looks for an answer: a probe must not be what loads it."""


class Waiting(msgspec.Struct, frozen=True):
    """Jobs in the queue. Times are in seconds; `oldest` counts from when the job could have begun.

    `ready` are waiting or being done, `scheduled` are for later, `dead` were given up.
    """

    ready: int
    scheduled: int
    dead: int
    oldest: float


class Backlog:
    """Asks what waits. Each question is one command, or one pipeline, and reads by an index."""

    def __init__(self, mongo: Mongo, redis: Redis) -> None:
        self._mongo = mongo
        self._redis = redis
        self._outbox = Outbox(mongo)
        self._jobs = Jobs(mongo)
        self._targets = Targets(mongo)

    async def heartbeats(self) -> list[float]:
        """When each worker was last heard of, as seconds since 1970, by the worker's clock."""
        with redis_failures():
            found: Any = await self._redis.client.zrange(
                self._redis.key("jobs", "workers"), 0, -1, withscores=True
            )
        return [float(heard) for _, heard in found]

    async def queue(self, now: datetime) -> Waiting:
        """The queue of jobs. Raises `Unavailable`."""
        stream, later = self._redis.key("jobs", "stream"), self._redis.key("jobs", "queue")
        with redis_failures():
            async with self._redis.client.pipeline(transaction=False) as pipe:
                pipe.xlen(stream)
                pipe.eval(FIRST, 1, stream)
                pipe.zcount(later, "-inf", "+inf")
                pipe.zrange(later, 0, 0, withscores=True)
                pipe.xlen(self._redis.key("dead-jobs"))
                ready, first, scheduled, soonest, dead = await pipe.execute()
        begun = [int(first.partition("-")[0]) / 1000] if first else []
        due = [float(at) for _, at in soonest]
        return Waiting(ready, scheduled, dead, age(min(begun + due, default=None), now))

    async def told(self) -> Mapping[str, int]:
        """How many events of each type this deployment has told."""
        with redis_failures():
            found: Any = await self._redis.client.hgetall(told_by_type(self._redis))
        return {type: int(count) for type, count in found.items()}

    async def untold(self, now: datetime) -> float:
        """Seconds that the oldest event has waited to be told; 0 where none waits."""
        first = await self._outbox.find_one({"relayed_at": None}, sort=[("_id", 1)])
        return age(first.at.timestamp() if first else None, now)

    async def unqueued(self, now: datetime) -> float:
        """Seconds that the first job of the outbox has waited to be queued; 0 where none waits."""
        waiting = await self._jobs.waiting("", 1)
        return age(waiting[0].at.timestamp() if waiting else None, now)

    async def overdue(self, now: datetime) -> float:
        """Seconds that the publication waiting longest is behind its time; 0 where none is."""
        wanted = {
            "state": PublishState.PENDING,
            "$or": [{"due": None}, {"due": {"$lt": now}}],
        }
        with mongo_failures():
            cursor = self._targets.raw.find(wanted, {"due": 1, "updated_at": 1})
            first = await cursor.sort("updated_at", 1).limit(1).max_time_ms(PATIENCE_MS).to_list()
        return age(max(when(found) for found in first) if first else None, now)

    async def disk(self) -> float | None:
        """The part of the database's disk that is used, 0 to 1; None where it does not tell."""
        with mongo_failures():
            found = await self._mongo.database.command("dbStats")
        total = found.get("fsTotalSize") or 0
        return float(found["fsUsedSize"]) / total if total else None


def when(found: Mapping[str, Any]) -> float:
    """The time from which a publication could have been begun."""
    times: list[datetime] = [each for each in (found["updated_at"], found.get("due")) if each]
    return max(times).timestamp()


def age(since: float | None, now: datetime) -> float:
    """Seconds between the two, never less than 0."""
    return 0.0 if since is None else max(0.0, now.timestamp() - since)
