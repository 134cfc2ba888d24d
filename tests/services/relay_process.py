"""A process that relays until it is killed: `python -m tests.services.relay_process ...`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import EngineUrls
from tests.services.telling import telling

ROOT = Path(__file__).parents[2]


def spawn(engines: EngineUrls, name: str, *, lease: float, batch: int) -> subprocess.Popen[bytes]:
    """Start one."""
    command = [sys.executable, "-m", "tests.services.relay_process"]
    arguments = [engines.mongodb, engines.redis, name, str(lease), str(batch)]
    return subprocess.Popen([*command, *arguments], cwd=ROOT)


async def relay(mongodb: str, redis_url: str, name: str, lease: str, batch: str) -> None:
    """Relay for ever."""
    mongo, redis = Mongo(mongodb, name), Redis(redis_url, name)
    async with telling(mongo, redis, lease=float(lease), batch=int(batch)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(relay(*sys.argv[1:]))
