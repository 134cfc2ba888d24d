"""Computed figures, kept in Redis for an hour under the version of what they were made from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from datasources.failures import Unavailable, redis_failures
from datasources.redis import Redis

KEPT_FOR = 3600

KEEP = """
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then redis.call('DEL', KEYS[1]) end
if redis.call('HLEN', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'version', ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
"""

T = TypeVar("T")


class FigureCache:
    """A convenience: while Redis is away, everything is computed.

    A workspace's figures are in one hash. It goes when its hour is over, and when figures of
    another version are to be kept.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._keep = redis.client.register_script(KEEP)

    async def get(
        self,
        workspace_id: str,
        version: int,
        name: str,
        kind: type[T],
        compute: Callable[[], Awaitable[T]],
    ) -> T:
        """What is kept of this version under that name, else what is computed, and kept then."""
        key, field = self._redis.key("analytics", workspace_id), f"{version}:{name}"
        try:
            with redis_failures():
                kept = await self._redis.client.hget(key, field)
        except Unavailable:
            return await compute()
        if kept is not None:
            with suppress(msgspec.ValidationError):  # another release kept it in another shape
                return msgspec.json.decode(kept, type=kind)
        made = await compute()
        text = msgspec.json.encode(made).decode()
        with suppress(Unavailable), redis_failures():
            await self._keep([key], [str(version), field, text, KEPT_FOR])
        return made

    async def forget(self, workspace_ids: Sequence[str]) -> None:
        """Drop all of these workspaces."""
        keys = [self._redis.key("analytics", id) for id in workspace_ids]
        if keys:
            with redis_failures():
                await self._redis.client.delete(*keys)
