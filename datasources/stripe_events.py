"""What Stripe told us: each event once, by its id, until it is handled."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record

KEPT_FOR = 30 * 86_400


class StripeEvent(Record, frozen=True, kw_only=True):
    """An event. It is a hint where to look, so only ids are kept, and no one's data.

    `customer_id`, `charge_id` and `object_id` are what it names; `at` is Stripe's time. `given_up`
    says why nobody tries any more.
    """

    type: str
    object_id: str
    customer_id: str | None = None
    charge_id: str | None = None
    at: datetime
    received_at: datetime
    handled_at: datetime | None = None
    given_up: str | None = None
    asked: int = 1


class StripeEvents(Collection[StripeEvent]):
    """All events of the last month, and those that are not handled, however old."""

    name = "stripe_events"
    record = StripeEvent
    indexes = (
        IndexModel([("handled_at", ASCENDING), ("received_at", ASCENDING)], name="waiting"),
        IndexModel([("handled_at", ASCENDING)], name="expiry", expireAfterSeconds=KEPT_FOR),
    )

    async def waiting(self, before: datetime, limit: int = 100) -> list[StripeEvent]:
        """Those received before that moment which are neither handled nor given up."""
        return await self.find(
            {"handled_at": None, "given_up": None, "received_at": {"$lt": before}},
            sort=[("received_at", ASCENDING)],
            limit=limit,
        )

    async def given_up(self, limit: int = 1_000) -> list[StripeEvent]:
        """Those that nobody tries any more, the oldest first."""
        return await self.find(
            {"handled_at": None, "given_up": {"$ne": None}},
            sort=[("received_at", ASCENDING)],
            limit=limit,
        )
