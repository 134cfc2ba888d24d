"""Access tokens that were revoked before their time, in Redis until that time has come."""

from __future__ import annotations

from collections.abc import Mapping

from datasources.coalesce import Coalescer
from datasources.failures import redis_failures
from datasources.redis import Redis

REVOKED = "revoked"
"""How the keys of revoked tokens begin, before their `jti`."""


class Revocations:
    """The revoked `jti`s. All requests that ask at one time share a round trip."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._reads: Coalescer[str, str] = Coalescer(self._fetch, "revocations")

    async def revoke(self, tokens: Mapping[str, int]) -> None:
        """Revoke these tokens, by `jti`, each for the seconds that it would live on."""
        if not tokens:
            return
        with redis_failures():
            async with self._redis.client.pipeline(transaction=True) as pipeline:
                for id, seconds in tokens.items():
                    pipeline.set(self._key(id), "1", ex=max(1, seconds))
                await pipeline.execute()

    async def revoked(self, id: str) -> bool:
        """Whether that token was revoked; `Unavailable` where Redis cannot tell."""
        return (await self._reads.get_many([id]))[0] is not None

    async def _fetch(self, ids: list[str]) -> dict[str, str]:
        with redis_failures():
            found = await self._redis.client.mget([self._key(id) for id in ids])
        return {id: id for id, value in zip(ids, found, strict=True) if value is not None}

    def _key(self, id: str) -> str:
        return self._redis.key(REVOKED, id)
