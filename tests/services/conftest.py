"""What the tests of billing share: a world that others put their own in the place of."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.billing_world import BillingWorld, billing_world


@pytest.fixture
async def world(settings: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[BillingWorld]:
    """Stripe, and a server that sells there without trials."""
    async with billing_world(settings, mongo, redis) as world:
        yield world
