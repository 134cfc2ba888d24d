"""Channels: the one connection that listens, and its comings and goings."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path

from datasources.channels import Channels
from datasources.redis import Redis
from server.engines import Engines
from tests.services.telling import until


async def test_a_connection_that_has_gone_silent_is_made_anew(name: str) -> None:
    """A server, or a wire, that hangs does not close the connection: a ping finds out."""
    with tempfile.TemporaryDirectory(prefix="bg-redis-") as folder:
        engines = Engines(Path(folder), mongod=False)
        try:
            redis = Redis(engines.start().redis, name)
            channels, confirmed = Channels(redis, heartbeat=0.1), asyncio.Event()
            await channels.start()
            got: list[str] = []
            await channels.watch("c", got.append, confirmed.set).ready()
            confirmed.clear()
            os.kill(engines.valkey_pid, signal.SIGSTOP)
            silent = asyncio.create_task(confirmed.wait())
            await asyncio.wait([silent], timeout=0.5)
            os.kill(engines.valkey_pid, signal.SIGCONT)
            await asyncio.wait_for(silent, 10)
            await channels.publish("c", "heard")

            async def heard() -> bool:
                return got == ["heard"]

            await until(heard)
            await channels.close()
            await redis.close()
        finally:
            engines.stop()


async def test_a_channel_that_is_dropped_and_wanted_again_is_heard(redis: Redis) -> None:
    """However quickly, and in whatever state the connection was."""
    channels, got = Channels(redis), list[str]()
    await channels.start()
    channel = redis.key("c")
    for number in range(50):
        for _ in range(number % 3):
            channels.watch(channel, got.append).close()
            await asyncio.sleep(0)
        watch = channels.watch(channel, got.append)
        await watch.ready()
        await channels.publish(channel, str(number))

        async def heard(number: int = number) -> bool:
            return got[-1:] == [str(number)]

        await until(heard)
        watch.close()
    assert got == [str(number) for number in range(50)]
    await channels.close()
