"""Counted reads, in Redis: how often something was shown, and never to whom.

They gather in one hash. A batch is taken by renaming it, and dropped once it has been written
down elsewhere; what was taken and not dropped is found again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasources.failures import redis_failures
from datasources.redis import Redis
from datasources.snapshots import Metric

TAKE = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('SADD', KEYS[3], ARGV[1]) end
return redis.call('SMEMBERS', KEYS[3])
"""

Counts = Mapping[tuple[str, str, Metric], int]
"""By workspace, piece and metric."""


class Reads:
    """The counts of this deployment."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._gathering = redis.key("reads")
        self._taken = redis.key("reads", "taken")
        self._take = redis.client.register_script(TAKE)

    async def count(self, workspace_id: str, shown: Sequence[tuple[str, Metric]]) -> None:
        """Add one for each piece and metric."""
        with redis_failures():
            async with self._redis.client.pipeline(transaction=False) as pipe:
                for content_id, metric in shown:
                    pipe.hincrby(self._gathering, f"{workspace_id}|{content_id}|{metric.value}", 1)
                await pipe.execute()

    async def batches(self, name: str) -> list[str]:
        """The names of all batches that are not dropped; what has gathered is the one of `name`."""
        with redis_failures():
            keys = [self._gathering, self._batch(name), self._taken]
            return sorted(await self._take(keys, [name]))

    async def read(self, name: str) -> Counts:
        """What is in a batch."""
        with redis_failures():
            found = await self._redis.client.hgetall(self._batch(name))
        counts = {}
        for field, count in found.items():
            workspace_id, content_id, metric = str(field).split("|")
            counts[workspace_id, content_id, Metric(metric)] = int(count)
        return counts

    async def drop(self, name: str) -> None:
        """A batch has been written down."""
        with redis_failures():
            async with self._redis.client.pipeline() as pipe:
                pipe.delete(self._batch(name))
                pipe.srem(self._taken, name)
                await pipe.execute()

    def _batch(self, name: str) -> str:
        return self._redis.key("reads", "batch", name)
