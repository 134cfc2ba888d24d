"""What `/health/ready` asks, and what follows from the answers.

`unavailable` is for what makes requests fail: an engine is away, or the stored data is of an
older version. `degraded` is for what makes work late: requests are still answered, and taking
this process out of a load balancer would help nobody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from datasources.backlog import Backlog
from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from server.siblings import Siblings
from services.clock import Clock, utc_now

PATIENCE = 1.0
KEPT = 0.4
"""Seconds that an answer is good for. With `PATIENCE`, the truth is told within two."""

SILENCE = 1.5
"""Seconds after which a worker that says nothing is away; each says something twice a second."""

LATE = 60.0
"""Seconds that a job or a publication may wait: a worker does it again after thirty."""

UNTOLD = 10.0
"""Seconds that an event may wait to be told, or a job to be queued: another process takes over
after three."""

Status = Literal["ok", "degraded", "unavailable", "unknown"]
Facts = Mapping[str, float | int]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was asked: how it is, and the numbers that say so."""

    status: Status
    facts: Facts

    def told(self) -> dict[str, object]:
        """As JSON has it."""
        return {"status": self.status, **self.facts}


@dataclass(frozen=True, slots=True)
class Health:
    """Everything that was asked, within the last second."""

    parts: Mapping[str, Part]

    @property
    def status(self) -> Status:
        """The worst that matters: `unavailable` where requests fail."""
        found = {part.status for part in self.parts.values()}
        if "unavailable" in found:
            return "unavailable"
        return "ok" if found == {"ok"} else "degraded"

    def told(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "status": self.status,
            "checks": {name: part.told() for name, part in self.parts.items()},
        }


Check = Callable[[], Awaitable[Part]]


class HealthChecks:
    """Asks all at once, with a bound on our patience. Who asks meanwhile shares the answer."""

    def __init__(
        self,
        mongo: Mongo,
        redis: Redis,
        migrations: Migrations,
        clock: Clock = utc_now,
        siblings: Siblings | None = None,
    ) -> None:
        self.backlog = Backlog(mongo, redis)
        self._mongo = mongo
        self._redis = redis
        self._migrations = migrations
        self._clock = clock
        self._asking: asyncio.Task[Health] | None = None
        self._asked = 0.0
        # What cannot be told while an engine is away is `unknown`: the engine's own line says why.
        self._checks: Mapping[str, tuple[Check, Status]] = {
            "mongodb": (self._mongodb, "unavailable"),
            "redis": (self._redis_, "unavailable"),
            "migrations": (self._pending, "unknown"),
            "worker": (self._worker, "unknown"),
            "jobs": (self._jobs, "unknown"),
            "targets": (self._targets, "unknown"),
            "relay": (self._relay, "unknown"),
        }
        if siblings is not None:
            processes: Check = partial(all_of, siblings)
            self._checks = {**self._checks, "processes": (processes, "unknown")}

    async def report(self) -> Health:
        """How all is: asked now, or less than `KEPT` seconds ago."""
        now = time.monotonic()
        if self._asking is None or (self._asking.done() and now - self._asked > KEPT):
            self._asked = now
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> Health:
        found = await asyncio.gather(
            *(self._one(check, failing) for check, failing in self._checks.values())
        )
        return Health(dict(zip(self._checks, found, strict=True)))

    async def _one(self, check: Check, failing: Status) -> Part:
        try:
            async with asyncio.timeout(PATIENCE):
                return await check()
        except Exception:
            return Part(failing, {})

    async def _mongodb(self) -> Part:
        return await timed(self._mongo.ping)

    async def _redis_(self) -> Part:
        return await timed(self._redis.ping)

    async def _pending(self) -> Part:
        pending = len(await self._migrations.pending())
        return Part("unavailable" if pending else "ok", {"pending": pending})

    async def _worker(self) -> Part:
        now = self._clock().timestamp()
        ages = [now - heard for heard in await self.backlog.heartbeats()]
        alive = [each for each in ages if each < SILENCE]
        facts: dict[str, float | int] = {"alive": len(alive)}
        if ages:
            facts["heardSecondsAgo"] = max(0.0, round(min(ages), 1))
        return Part("ok" if alive else "degraded", facts)

    async def _jobs(self) -> Part:
        found = await self.backlog.queue(self._clock())
        facts = {
            "ready": found.ready,
            "scheduled": found.scheduled,
            "dead": found.dead,
            "oldestSeconds": round(found.oldest, 1),
        }
        return Part("ok" if found.oldest < LATE else "degraded", facts)

    async def _targets(self) -> Part:
        return late(await self.backlog.overdue(self._clock()), LATE)

    async def _relay(self) -> Part:
        now = self._clock()
        untold, unqueued = await asyncio.gather(
            self.backlog.untold(now), self.backlog.unqueued(now)
        )
        return late(max(untold, unqueued), UNTOLD)


async def all_of(siblings: Siblings) -> Part:
    """How many of the processes that are to serve do."""
    alive = 1 + len(await siblings.ask())
    facts = {"alive": alive, "wanted": siblings.count}
    return Part("ok" if alive == siblings.count else "degraded", facts)


def late(seconds: float, most: float) -> Part:
    """A part that is well while what waits longest has not waited too long."""
    return Part("ok" if seconds < most else "degraded", {"oldestSeconds": round(seconds, 1)})


async def timed(ping: Callable[[], Awaitable[None]]) -> Part:
    """Whether an engine answers, and in how many milliseconds."""
    started = time.perf_counter()
    await ping()
    return Part("ok", {"milliseconds": round((time.perf_counter() - started) * 1000, 1)})
