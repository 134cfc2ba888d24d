"""Billing: what a topmost workspace, with all below it, has bought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec
from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.plan_names import PlanName


class BillingInterval(StrEnum):
    """How often is paid."""

    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class SubscriptionStatus(StrEnum):
    """Where a subscription stands, in Stripe's terms."""

    ACTIVE = "ACTIVE"
    TRIALING = "TRIALING"
    PAST_DUE = "PAST_DUE"
    PAUSED = "PAUSED"
    CANCELED = "CANCELED"
    UNPAID = "UNPAID"
    INCOMPLETE = "INCOMPLETE"


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscription becomes at `at`, the end of a period that is paid for."""

    price_id: str
    plan: PlanName
    interval: BillingInterval
    at: datetime


class Metered(msgspec.Struct, frozen=True, kw_only=True):
    """The line of a subscription that is paid by use: AI credits."""

    item_id: str
    price_id: str


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription as Stripe had it when it was read last.

    `item_id` and `price_id` are Stripe's ids of the plan's line, `credits` is what is paid by use
    beside it. `past_due_since` is when the open
    invoice was made that payment failed for. `schedule_id` is Stripe's plan of what it becomes.
    """

    id: str
    item_id: str
    price_id: str
    plan: PlanName
    interval: BillingInterval
    currency: str
    status: SubscriptionStatus
    current_period_end: datetime
    cancel_at_period_end: bool
    trial_end: datetime | None = None
    past_due_since: datetime | None = None
    schedule_id: str | None = None
    planned: Planned | None = None
    credits: Metered | None = None
    created: datetime


class BillingAccount(Record, frozen=True, kw_only=True):
    """What one topmost workspace has bought. Its id is that workspace's.

    `turn` rises with every transaction that adds something the plan limits: two of them collide
    rather than miss each other. `ticket` numbers the times that Stripe was asked, `read` is the
    ticket of the answer that is kept: one that was asked for earlier never replaces it.
    `revision` rises whenever what was bought changes. `disputes` are Stripe's states of disputes
    by their ids. `excess` lists, by limit, what is read-only since the plan became smaller.
    """

    turn: int = 0
    customer_id: str | None = None
    bought: Bought | None = None
    disputes: Mapping[str, str] = {}
    ticket: int = 0
    read: int = 0
    revision: int = 0
    lapsed: bool = False
    excess: Mapping[str, list[str]] = {}
    trial_told: str | None = None


class BillingAccounts(Collection[BillingAccount]):
    """All accounts; one that never bought anything, nor met a limit, has none."""

    name = "billing_accounts"
    record = BillingAccount
    indexes = (
        IndexModel(
            [("customer_id", ASCENDING)],
            name="of_customer",
            unique=True,
            partialFilterExpression={"customer_id": {"$type": "string"}},
        ),
        IndexModel(
            [("bought.status", ASCENDING)],
            name="status",
            partialFilterExpression={"bought.status": {"$type": "string"}},
        ),
    )

    async def take_turn(self, id: str) -> BillingAccount:
        """The account, for the transaction around: no other can add to it meanwhile.

        Whoever comes second collides, and starts again with what the first one left.
        """
        return await self._count(id, "turn")

    async def take_ticket(self, id: str) -> int:
        """The number of a question to Stripe that is about to be asked."""
        return (await self._count(id, "ticket")).ticket

    async def of_customer(self, customer_id: str) -> BillingAccount | None:
        """The account of a customer of Stripe's."""
        return await self.find_one({"customer_id": customer_id})

    async def _count(self, id: str, field: str) -> BillingAccount:
        found = await self.update({"_id": id}, {"$inc": {field: 1}}, upsert=True)
        return found or BillingAccount(id=id)
