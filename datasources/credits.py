"""AI credits that were used and are paid for by use: each until Stripe has counted it."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record

KEPT_FOR = 40 * 86_400


class CreditUse(Record, frozen=True, kw_only=True):
    """Credits used by one thing. Its id is what Stripe counts once, so no use counts twice.

    `due_at` is when to tell Stripe again, None where it may be told at once.
    """

    account_id: str
    credits: int
    at: datetime
    due_at: datetime | None = None
    sent_at: datetime | None = None


class CreditUses(Collection[CreditUse]):
    """All that are not told to Stripe, and for forty days those that were."""

    name = "credit_uses"
    record = CreditUse
    indexes = (
        IndexModel([("sent_at", ASCENDING), ("_id", ASCENDING)], name="waiting"),
        IndexModel([("sent_at", ASCENDING)], name="expiry", expireAfterSeconds=KEPT_FOR),
        IndexModel([("account_id", ASCENDING)], name="of_account"),
    )

    async def waiting(self, now: datetime, limit: int) -> list[CreditUse]:
        """Those that Stripe was not told of yet and should be."""
        due = {"sent_at": None, "due_at": {"$not": {"$gt": now}}}
        return await self.find(due, sort=[("_id", ASCENDING)], limit=limit)
