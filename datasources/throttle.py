"""Counters that end by themselves: how often something was tried within a window of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from datasources.failures import redis_failures
from datasources.redis import Redis

HIT = """
local wait = 0
for i, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[2 * i - 1])
  if tonumber(redis.call('GET', key) or '0') >= limit then
    wait = math.max(wait, redis.call('PTTL', key), 1)
  end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0
"""

GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 0
"""


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: its name, the most tries in a window, and the window's length in seconds."""

    name: str
    limit: int
    window: float


class Counters:
    """All counters, in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._hit = redis.client.register_script(HIT)
        self._give_back = redis.client.register_script(GIVE_BACK)

    async def hit(self, counters: Sequence[Counter]) -> float:
        """Count one try on all: 0. Where one is full, count nothing: the seconds to wait."""
        arguments: list[int] = []
        for counter in counters:
            arguments += [counter.limit, int(counter.window * 1000)]
        with redis_failures():
            wait = await self._hit(keys=self._keys(counters), args=arguments)
        return cast(int, wait) / 1000

    async def give_back(self, counters: Sequence[Counter]) -> None:
        """Take one counted try back."""
        with redis_failures():
            await self._give_back(keys=self._keys(counters))

    async def clear(self, counters: Sequence[Counter]) -> None:
        """Begin at nought again."""
        with redis_failures():
            await self._redis.client.delete(*self._keys(counters))

    def _keys(self, counters: Sequence[Counter]) -> list[str]:
        return [self._redis.key("throttle", counter.name) for counter in counters]
