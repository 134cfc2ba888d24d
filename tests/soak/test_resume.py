"""Long measurements of what `make test` takes a sample of."""

from __future__ import annotations

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import EngineUrls
from tests.services.telling import telling
from tests.services.test_events_relay import relay_through_kills
from tests.services.test_events_resume import cut_off_and_resume

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


async def test_a_subscriber_cut_off_a_hundred_times_during_ten_thousand_events(
    mongo: Mongo, redis: Redis
) -> None:
    """Has each once and in order."""
    async with telling(mongo, redis) as events:
        await cut_off_and_resume(events, mongo, redis, count=10_000, cuts=100, seed=100)


async def test_a_relay_killed_fifty_times_loses_and_repeats_nothing(
    engines: EngineUrls, mongo: Mongo, redis: Redis, name: str
) -> None:
    """kill -9 at random points among the batches of 9,000 events on two topics."""
    await relay_through_kills(engines, mongo, redis, name, count=9000, kills=50, seed=50)
