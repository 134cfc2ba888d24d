"""A thousand lives whose events come shuffled, repeated and late."""

from __future__ import annotations

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.billing_shuffles import shuffled
from tests.billing_world import billing_world

LIVES, A_WORLD = 1_000, 50


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_a_thousand_shuffled_lives_end_as_their_orderly_twins(
    settings: Settings, mongo: Mongo, redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    handled = 0
    for begin in range(0, LIVES, A_WORLD):
        async with billing_world(settings, mongo, redis) as world:
            handled += await shuffled(world, range(begin, begin + A_WORLD))
        with capsys.disabled():
            print(f"\n{begin + A_WORLD} lives, {handled} events", end="")
