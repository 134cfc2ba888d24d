"""A sample of what `make soak` does at length: workers die while they write."""

from __future__ import annotations

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.generation_kills import besiege
from tests.server.processes import Zygote


async def test_killed_workers_neither_write_nor_charge_twice(
    settings: Settings,
    mongo: Mongo,
    redis: Redis,
    forked: Zygote,
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = await besiege(settings, mongo, forked, 5, kills=2, seconds=40)
    with capsys.disabled():
        print(f"\n{figures}")
