"""How much a caller may ask for: by plan, of a bucket that belongs to the user, key or address."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from datasources.buckets import Buckets, Left, LocalBuckets, Size, Take
from datasources.failures import Unavailable
from services.failures import Unauthenticated
from services.throttle import network
from services.tokens import NOT_GOOD
from services.viewer import Viewer

REST = 1.0
"""For how many seconds Redis is not asked again after it has failed."""


class Plans(Protocol):
    """Tells whose plan is which, by the names that the sizes have."""

    def known(self, viewer: Viewer) -> str | None:
        """The viewer's plan; None where it has to be learned first."""

    async def learn(self, viewer: Viewer) -> str:
        """The viewer's plan."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was taken for one operation, or, where `left.wait` is not 0, was not."""

    take: Take
    left: Left
    local: bool


class RateLimits:
    """Takes from the callers' buckets. `sizes` are those of the plans, by name.

    While Redis is away each process counts for itself.
    """

    def __init__(
        self,
        buckets: Buckets,
        sizes: Mapping[str, Size],
        *,
        clock: Callable[[], float] = time.monotonic,
        plans: Plans,
    ) -> None:
        self._buckets = buckets
        self._sizes = sizes
        self._clock = clock
        self._plans = plans
        self._local = LocalBuckets(clock)
        self._away_until = float("-inf")

    async def size(self, viewer: Viewer) -> Size:
        """The size of a viewer's bucket: of their plan, which is remembered."""
        return self._sizes[self._plans.known(viewer) or await self._plans.learn(viewer)]

    async def reserve(
        self, viewer: Viewer, address: str, points: int, *, presumed: bool = False
    ) -> Reserved:
        """Take one request and its points, at least one, for an operation that is to run.

        Of a viewer who is only `presumed` it is asked on the way whether the token was revoked:
        Unauthenticated then, and `Unavailable` where nobody can tell.
        """
        token = viewer.token_id if presumed else None
        take = Take(bucket(viewer, address), await self.size(viewer), max(1, points), 1, token)
        if token is not None or self._clock() >= self._away_until:
            try:
                left = await self._buckets.take(take)
            except Unavailable:
                self._away_until = self._clock() + REST
                if token is not None:
                    raise
            else:
                if left.revoked:
                    raise Unauthenticated(NOT_GOOD)
                return Reserved(take, left, local=False)
        return Reserved(take, self._local.take(take), local=True)

    def settle(self, reserved: Reserved, points: int) -> Left:
        """Give back what the operation did not cost; what is left then."""
        back = reserved.take.points - max(1, points)
        if back <= 0:
            return reserved.left
        given = reserved.take._replace(points=-back, requests=0, token=None)
        if reserved.local:
            return self._local.take(given)
        self._buckets.give(given)
        left = min(reserved.left.points + back, reserved.take.size.points)
        return reserved.left._replace(points=left)


def bucket(viewer: Viewer, address: str) -> str:
    """The name of the bucket: of the key, the user, or the network of nobody in particular."""
    if viewer.key is not None:
        return f"key:{viewer.key.id}"
    if viewer.user_id is not None:
        return f"user:{viewer.user_id}"
    return f"address:{_unnamed(address)}"


@lru_cache(maxsize=4096)
def _unnamed(address: str) -> str:
    """An address by a name that does not tell it, as no address of a person is kept."""
    return hashlib.sha256(f"bucket:{network(address)}".encode()).hexdigest()[:32]
