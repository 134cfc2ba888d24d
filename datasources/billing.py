"""Billing: what a topmost workspace, with all below it, has bought."""

from __future__ import annotations

from datasources.collection import Collection, Record
from datasources.plan_names import PlanName


class BillingAccount(Record, frozen=True, kw_only=True):
    """What one topmost workspace has bought. Its id is that workspace's.

    `turn` rises with every transaction that adds something the plan limits: two of them collide
    rather than miss each other.
    """

    turn: int = 0
    plan: PlanName | None = None


class BillingAccounts(Collection[BillingAccount]):
    """All accounts; one that never bought anything, nor met a limit, has none."""

    name = "billing_accounts"
    record = BillingAccount

    async def take_turn(self, id: str) -> BillingAccount:
        """The account, for the transaction around: no other can add to it meanwhile.

        Whoever comes second collides, and starts again with what the first one left.
        """
        found = await self.update({"_id": id}, {"$inc": {"turn": 1}}, upsert=True)
        return found or BillingAccount(id=id)
