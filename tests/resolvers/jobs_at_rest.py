"""Waiting for what writing causes: the jobs that follow it."""

from __future__ import annotations

import asyncio
from typing import Any

from redis.asyncio import Redis as Bytes

from datasources.mongo import Mongo
from datasources.redis import Redis


async def rested(mongo: Mongo, redis: Redis) -> None:
    """Wait until nothing is done: no job that writing caused, and nothing that recurs."""
    raw: Any = Bytes.from_url(redis.url)

    async def under_way() -> bool:
        for name, done in (("outbox", "relayed_at"), ("outbox_jobs", "queued_at")):
            if await mongo.database[name].count_documents({done: None}):
                return True
        runs = f"*{redis.namespace}*:jobs:runs:*"
        states = [
            (await raw.hget(key, "state"), b":index_content:" in key)
            async for key in raw.scan_iter(runs)
        ]
        return any(
            state in (b"queued", b"running") or (state == b"scheduled" and again)
            for state, again in states
        )

    async with asyncio.timeout(20):
        while await under_way():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await raw.aclose()
