"""A lease: of all processes that want to do a thing, one may, until it lets go or dies."""

from __future__ import annotations

import secrets
import time

from datasources.failures import redis_failures
from datasources.redis import Redis

CLAIM = """
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 0 end
if not holder then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return -1 end
if ARGV[3] ~= '' then redis.call('PUBLISH', ARGV[3], '') end
return math.max(redis.call('PTTL', KEYS[1]), 1)
"""

RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], '')
"""


class LeaseLost(Exception):
    """Another process holds the lease now; nothing was done."""


class Lease:
    """A lease of `seconds`. `channel` is where its holder is told that there is work.

    `terms` counts how often it was taken: it rises when the lease had run out, or was wiped.
    """

    def __init__(self, redis: Redis, name: str, seconds: float) -> None:
        self.key = redis.key("lease", name)
        self.channel = redis.key("nudge", name)
        self.terms = 0
        self.token = secrets.token_hex(8)
        self.milliseconds = int(seconds * 1000)
        self._seconds = seconds
        self._fresh_until = 0.0
        self._claim = redis.client.register_script(CLAIM)
        self._release = redis.client.register_script(RELEASE)

    @property
    def fresh(self) -> bool:
        """Whether it was renewed so lately that asking again can wait."""
        return time.monotonic() < self._fresh_until

    def renewed(self) -> None:
        """Note that something renewed it."""
        self._fresh_until = time.monotonic() + self._seconds / 3

    def lost(self) -> None:
        """Note that it is not, or may not be, ours."""
        self._fresh_until = 0.0

    async def claim(self, *, nudge: bool) -> float:
        """Take or renew it. 0 if it is ours, else the seconds that its holder has left.

        `nudge` wakes the holder where that is another.
        """
        channel = self.channel if nudge else ""
        with redis_failures():
            left = await self._claim([self.key], [self.token, self.milliseconds, channel])
        if left > 0:
            self.lost()
            return float(left) / 1000
        self.terms -= left
        self.renewed()
        return 0.0

    async def release(self) -> None:
        """Let go of it if it is ours, and wake those who wait for it."""
        self.lost()
        with redis_failures():
            await self._release([self.key], [self.token, self.channel])
