"""AI credits that were used and are paid for by use: each until Stripe has counted it."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record

KEPT_FOR = 40 * 86_400


class CreditUse(Record, frozen=True, kw_only=True):
    """Credits used by one thing. Its id is what Stripe counts once, so no use counts twice."""

    account_id: str
    credits: int
    at: datetime
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

    async def waiting(self, limit: int) -> list[CreditUse]:
        """Those that Stripe was not told of yet."""
        return await self.find({"sent_at": None}, sort=[("_id", ASCENDING)], limit=limit)
