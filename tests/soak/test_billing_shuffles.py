"""A thousand lives whose events come shuffled, repeated and late.

`SHUFFLED_FROM` and `SHUFFLED_LIVES` go on from a seed, for so many lives.
"""

from __future__ import annotations

import os

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.billing_shuffles import shuffled
from tests.billing_world import billing_worlds

FROM = int(os.environ.get("SHUFFLED_FROM", "0"))
LIVES = int(os.environ.get("SHUFFLED_LIVES", "1000"))
AT_ONCE, TOLD_EVERY = 10, 50


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_a_thousand_shuffled_lives_end_as_their_orderly_twins(
    settings: Settings, mongo: Mongo, redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    handled, until = 0, FROM + LIVES
    async with billing_worlds(settings, mongo, redis, AT_ONCE) as worlds:
        for begin in range(FROM, until, TOLD_EVERY):
            end = min(begin + TOLD_EVERY, until)
            handled += await shuffled(worlds, range(begin, end))
            with capsys.disabled():
                print(f"\nseeds {FROM} to {end - 1}: {handled} events", end="", flush=True)
