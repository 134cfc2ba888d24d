"""Two hundred generations while their workers are killed, again and again."""

from __future__ import annotations

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.generation_kills import besiege
from tests.server.processes import running

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


async def test_two_hundred_generations_are_made_and_charged_once_each(
    settings: Settings, mongo: Mongo, redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = await besiege(settings, mongo, running, 200, kills=20, seconds=400)
    with capsys.disabled():
        print(f"\n{figures}")
