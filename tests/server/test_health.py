"""Health as probes see it: the truth within two seconds, 503 only where requests fail."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from datasources.content import Platform
from datasources.jobs import JobQueue, WorkerLimits
from datasources.migrations import STEPS, Migrations, Step
from datasources.mongo import Mongo
from datasources.outbox import Event, Job, Outbox
from datasources.redis import Redis
from datasources.targets import Target, Targets
from server.engines import Engines
from server.health_checks import Health, HealthChecks
from server.settings import Settings
from services.clock import utc_now
from tests.client import http_client
from tests.conftest import Running, serving, settings_for
from tests.pace import paced

PARTS = {"mongodb", "redis", "migrations", "worker", "jobs", "targets", "relay"}
WITHIN = 2.0


async def none(_: Mongo) -> None:
    """A step of a migration that has nothing to do."""


def checks_on(mongo: Mongo, redis: Redis, *steps: Step, late: float = 0) -> HealthChecks:
    """Checks of a deployment, asked so many seconds from now."""
    clock = lambda: utc_now() + timedelta(seconds=late)  # noqa: E731
    return HealthChecks(mongo, redis, Migrations(mongo, [], steps), clock)


def since(moment: datetime) -> float:
    """Seconds that may be told to have passed: databases keep their times to the millisecond, and
    health tells them to a tenth."""
    return (utc_now() - moment).total_seconds() + 0.001 + 0.05


async def ready(url: str) -> tuple[int, dict[str, Any]]:
    """What a probe is told."""
    async with http_client(timeout=10) as http:
        response = await http.get(f"{url}/health/ready")
    return response.status_code, response.json()


async def becomes(url: str, fits: Callable[[int, Any], bool], seconds: float = 40) -> float:
    """Wait until the answer fits; how many seconds that took, at this server's pace."""
    async with asyncio.timeout(seconds), paced() as pace:
        while not fits(*await ready(url)):
            pass
    return pace.seconds


@asynccontextmanager
async def working(redis: Redis) -> AsyncIterator[None]:
    """A worker that has nothing to do."""
    stop = asyncio.Event()
    async with JobQueue(redis, WorkerLimits()) as queue:
        running = asyncio.create_task(queue.work({}, stop))
        try:
            yield
        finally:
            stop.set()
            await running


async def test_a_server_with_a_worker_is_ready_in_every_part(server: Running) -> None:
    await becomes(server.url, lambda _, told: told["status"] == "ok")
    status, told = await ready(server.url)
    assert status == 200
    assert set(told["checks"]) == PARTS
    assert {part["status"] for part in told["checks"].values()} == {"ok"}
    assert told["checks"]["worker"]["alive"] == 1
    assert told["checks"]["mongodb"]["milliseconds"] > 0


async def test_a_worker_that_comes_and_goes_shows_within_two_seconds(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    """Without one requests are still answered: degraded, and 200."""
    async with serving(replace(settings, worker=False)) as running:
        status, told = await ready(running.url)
        assert (status, told["status"]) == (200, "degraded")
        assert told["checks"]["worker"] == {"status": "degraded", "alive": 0}
        async with working(redis):
            await becomes(running.url, lambda _, told: told["status"] == "ok")
        took = await becomes(running.url, lambda _, told: told["status"] == "degraded")
        assert took < WITHIN


async def test_a_pending_migration_makes_requests_fail(mongo: Mongo, redis: Redis) -> None:
    step = Step(STEPS[-1].version + 1, "a change", none)
    found = await checks_on(mongo, redis, step).report()
    assert found.status == "unavailable"
    assert found.parts["migrations"].facts == {"pending": 1}
    await Migrations(mongo, [], [step]).run()
    assert (await checks_on(mongo, redis, step).report()).parts["migrations"].status == "ok"


async def test_a_job_that_nobody_does_is_told_with_its_age(mongo: Mongo, redis: Redis) -> None:
    """Those that are due now and those that were due later alike, once a minute has passed."""
    now = utc_now()
    async with JobQueue(redis, WorkerLimits()) as queue:
        due = now + timedelta(seconds=30)
        await queue.add(Job(id="later", task="t", arguments={}, at=now, revision="1", due=due))
        late = (await checks_on(mongo, redis, late=100).report()).parts["jobs"]
        assert late.status == "degraded"
        assert 70 <= late.facts["oldestSeconds"] <= 70 + since(now)
        await queue.add(Job(id="now", task="t", arguments={}, at=now, revision="1"))
        soon = (await checks_on(mongo, redis, late=50).report()).parts["jobs"]
        late = (await checks_on(mongo, redis, late=100).report()).parts["jobs"]
    assert (soon.status, late.status) == ("ok", "degraded")
    assert (late.facts["ready"], late.facts["scheduled"]) == (1, 1)
    assert 99 < late.facts["oldestSeconds"] <= 100 + since(now)


async def test_a_publication_that_nobody_makes_is_told_with_its_age(
    mongo: Mongo, redis: Redis
) -> None:
    """One that is for later is late only when its time has passed."""
    now = utc_now()
    target = Target(
        id="tgt_1",
        content_id="cnt_1",
        workspace_id="wsp_1",
        platform=Platform.FEED,
        content_version=1,
        created_at=now,
        updated_at=now,
        due=now + timedelta(hours=1),
    )
    await Targets(mongo).insert(target)

    async def found(late: float) -> Any:
        return (await checks_on(mongo, redis, late=late).report()).parts["targets"]

    assert (await found(3000)).facts == {"oldestSeconds": 0.0}
    overdue = await found(3600 + 90)
    assert overdue.status == "degraded"
    assert 90 <= overdue.facts["oldestSeconds"] <= 90 + since(now)


async def test_an_event_that_is_not_told_is_seen(mongo: Mongo, redis: Redis) -> None:
    waits = Event(id="evt_1", type="content.created", topics=[], subject="x", at=utc_now())
    await Outbox(mongo).insert(waits)
    assert (await checks_on(mongo, redis).report()).parts["relay"].status == "ok"
    late = await checks_on(mongo, redis, late=30).report()
    assert late.parts["relay"].status == "degraded"
    assert late.status == "degraded"
    await Outbox(mongo).mark([waits], utc_now())
    assert (await checks_on(mongo, redis, late=30).report()).parts["relay"].status == "ok"


async def test_a_hundred_probes_at_once_cost_the_engines_one_look(
    mongo: Mongo, redis: Redis
) -> None:
    checks = checks_on(mongo, redis)
    found: list[Health] = await asyncio.gather(*(checks.report() for _ in range(100)))
    assert all(each is found[0] for each in found)


async def test_an_answer_is_asked_for_again_within_a_second(mongo: Mongo, redis: Redis) -> None:
    checks = checks_on(mongo, redis)
    first = await checks.report()
    async with paced() as pace:
        while await checks.report() is first:
            assert pace.seconds < 1
            await asyncio.sleep(0.01)


async def test_an_engine_that_hangs_shows_within_two_seconds(memory: Path) -> None:
    """503 with the one that is away, and 200 again without a restart."""
    engines = Engines(memory / "engines")
    try:
        settings = settings_for(engines.start(), "fragile", memory)
        async with serving(settings) as running:
            await becomes(running.url, lambda status, _: status == 200)
            for name, pid in (("mongodb", engines.mongod_pid), ("redis", engines.valkey_pid)):
                os.kill(pid, signal.SIGSTOP)
                try:
                    took = await becomes(running.url, lambda status, _: status == 503)
                    assert took < WITHIN, name
                    _, told = await ready(running.url)
                    assert told["checks"][name]["status"] == "unavailable"
                finally:
                    os.kill(pid, signal.SIGCONT)
                await becomes(running.url, lambda status, _: status == 200)
    finally:
        engines.stop()


@pytest.mark.parametrize("path", ["live", "ready"])
async def test_nobody_keeps_what_a_probe_was_told(server: Running, path: str) -> None:
    async with http_client() as http:
        response = await http.get(f"{server.url}/health/{path}")
    assert response.headers["cache-control"] == "no-store"


async def test_a_worker_that_was_killed_is_away_once_it_is_silent(
    mongo: Mongo, redis: Redis
) -> None:
    """It can't say goodbye, so its silence has to."""
    heard = utc_now().timestamp() - 1.6
    await redis.client.zadd(redis.key("jobs", "workers"), {"killed": heard})
    part = (await checks_on(mongo, redis).report()).parts["worker"]
    assert part.status == "degraded"
    assert part.facts["alive"] == 0
    assert part.facts["heardSecondsAgo"] >= 1.6
