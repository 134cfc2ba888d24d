"""A sample of what `make soak` does at length: whatever order events come in, the end is one."""

from __future__ import annotations

import os

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.billing_shuffles import shuffled
from tests.billing_world import billing_world


async def test_events_in_any_order_late_or_repeated_end_as_the_true_order_does(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    begin = int.from_bytes(os.urandom(3))
    async with billing_world(settings, mongo, redis) as world:
        assert await shuffled([world], range(begin, begin + 4))
