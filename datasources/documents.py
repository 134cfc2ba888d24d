"""Documents that clients have registered, in Redis, under the SHA-256 of their text."""

from __future__ import annotations

from typing import cast

from datasources.failures import Unavailable, redis_failures
from datasources.redis import Redis


class Documents:
    """Registered documents. Each is forgotten after `seconds` without being asked for.

    They are a convenience: while Redis is away nothing is found and nothing is kept, and clients
    send the text.
    """

    def __init__(self, redis: Redis, seconds: float) -> None:
        self._redis = redis
        self._seconds = max(1, int(seconds))

    async def get(self, digest: str) -> str | None:
        """The text under a digest, which is kept for longer now."""
        try:
            with redis_failures():
                found = await self._redis.client.getex(self._key(digest), ex=self._seconds)
        except Unavailable:
            return None
        return cast("str | None", found)

    async def put(self, digest: str, text: str) -> None:
        """Keep a text under its digest, which the caller has verified."""
        try:
            with redis_failures():
                await self._redis.client.set(self._key(digest), text, ex=self._seconds)
        except Unavailable:
            return

    def _key(self, digest: str) -> str:
        return self._redis.key("document", digest)
