"""What an operation costs its caller: reserved before it runs, settled by what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol, TypeVar

from datasources.buckets import Buckets, Left, Size
from execution import codes
from execution.cost import Price, too_costly
from execution.errors import failure
from server.refused import StatusRejected
from server.settings import Settings
from services.limits import RateLimits, Reserved
from services.viewer import Viewer
from services.viewer_plans import ViewerPlans

ViewerT_contra = TypeVar("ViewerT_contra", contravariant=True)


class Charge(Protocol):
    """What was reserved for one operation, whose price it knows."""

    price: Price

    def settle(self, spent: int) -> dict[str, Any]:
        """Gives back what the operation did not cost. Returns what goes into `extensions`."""

    def headers(self) -> dict[str, str]:
        """What an HTTP response says of the caller's limits."""


class Limiter(Protocol[ViewerT_contra]):
    """Says whether a caller may run another operation."""

    async def reserve(
        self, viewer: ViewerT_contra, address: str, price: Price, *, presumed: bool = False
    ) -> Charge:
        """Charges the price. Raises RequestRejected (RATE_LIMITED, COST_LIMIT_EXCEEDED).

        With a viewer who is only `presumed` it raises what authentication would raise, too.
        """


@dataclass(frozen=True, slots=True)
class CostLimiter:
    """The limiter of this server. `told`: whether responses carry `extensions.cost`."""

    limits: RateLimits
    told: bool = True

    async def reserve(
        self, viewer: Viewer, address: str, price: Price, *, presumed: bool = False
    ) -> OperationCharge:
        """Takes the price from the caller's bucket."""
        size = await self.limits.size(viewer)
        if price.cost > size.points:
            raise too_costly(price.cost, size.points)
        reserved = await self.limits.reserve(viewer, address, price.cost, presumed=presumed)
        if reserved.left.wait > 0:
            raise throttled(reserved, price)
        return OperationCharge(self, reserved, price)


class OperationCharge:
    """The charge of one operation."""

    __slots__ = ("left", "limiter", "price", "reserved")

    def __init__(self, limiter: CostLimiter, reserved: Reserved, price: Price) -> None:
        self.limiter = limiter
        self.reserved = reserved
        self.price = price
        self.left = reserved.left

    def settle(self, spent: int) -> dict[str, Any]:
        """Gives back what was not spent, and tells what is left."""
        self.left = self.limiter.limits.settle(self.reserved, spent)
        if not self.limiter.told:
            return {}
        return {"cost": cost(self.price, spent, self.left, self.reserved.take.size)}

    def headers(self) -> dict[str, str]:
        """RateLimit and RateLimit-Policy."""
        return rate_headers(self.reserved.take.size, self.left)


def cost(price: Price, spent: int | None, left: Left, size: Size) -> dict[str, Any]:
    """`extensions.cost`; `spent` is None where nothing was run."""
    return {
        "requestedQueryCost": price.cost,
        "actualQueryCost": spent,
        "throttleStatus": {
            "maximumAvailable": size.points,
            "currentlyAvailable": left.points,
            "restoreRate": round(size.points / size.seconds, 2),
        },
    }


def rate_headers(size: Size, left: Left) -> dict[str, str]:
    """Both limits, as the IETF's draft writes them: quota and window; rest and time till full."""
    window = ceil(size.seconds)
    requests = ceil((size.requests - left.requests) * size.seconds / size.requests)
    points = ceil((size.points - left.points) * size.seconds / size.points)
    return {
        "ratelimit-policy": f'"requests";q={size.requests};w={window}, '
        f'"points";q={size.points};w={window}',
        "ratelimit": f'"requests";r={left.requests};t={requests}, '
        f'"points";r={left.points};t={points}',
    }


def throttled(reserved: Reserved, price: Price) -> StatusRejected:
    """The refusal of a caller who has spent what there was (RATE_LIMITED)."""
    left, size = reserved.left, reserved.take.size
    wait = max(1, ceil(left.wait))
    message = (
        f"The limit of {size.requests} requests and {size.points} points in "
        f"{size.seconds:g} seconds is reached. Try again in {wait} s."
    )
    told = cost(price, None, left, size)
    error = failure(message, codes.RATE_LIMITED, retryAfter=wait, cost=told)
    headers: Mapping[str, str] = {"retry-after": str(wait), **rate_headers(size, left)}
    return StatusRejected(error, 429, headers)


def limiter(settings: Settings, buckets: Buckets, plans: ViewerPlans) -> CostLimiter | None:
    """The limiter that the settings describe, None where they switch it off."""
    if not settings.rate_limits:
        return None
    sizes = {
        plan: Size(requests * settings.points_per_request, requests)
        for plan, requests in settings.rate_limits.items()
    }
    return CostLimiter(RateLimits(buckets, sizes, plans=plans), settings.cost_in_responses)
