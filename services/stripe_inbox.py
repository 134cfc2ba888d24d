"""What becomes of Stripe's events: each is handled once, tried again, given up, asked for anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from datasources.billing import BillingAccount, BillingAccounts
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.stripe_billing import StripeBilling
from datasources.stripe_events import StripeEvent, StripeEvents
from services.billing_news import BillingNews
from services.clock import Clock
from services.events import Events
from services.failures import NotFound
from services.stripe_accounts import StripeAccounts
from services.stripe_webhook import TASK, job_key

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LOST = timedelta(minutes=2)
TRIAL_ENDS = "customer.subscription.trial_will_end"
DISPUTED = "charge.dispute."


@dataclass(frozen=True, slots=True)
class StripeInbox:
    """Works through stored events."""

    mongo: Mongo
    stored: StripeEvents
    billing: BillingAccounts
    stripe: StripeBilling
    accounts: StripeAccounts
    news: BillingNews
    events: Events
    clock: Clock

    async def handle(self, event_id: str) -> None:
        """Look into what an event is about. Twice is once."""
        event = await self.stored.get(event_id)
        if event is None or event.handled_at is not None:
            return
        account = await self._account(event)
        if account is not None:
            dispute = event.object_id if event.type.startswith(DISPUTED) else None
            account = await self.accounts.refresh(account.id, dispute)
            if event.type == TRIAL_ENDS:
                await self._tell_trial_ends(account)
        done = {"handled_at": self.clock(), "given_up": None}
        await self.stored.update({"_id": event_id}, {"$set": done})

    async def give_up(self, event_id: str) -> None:
        """Nobody tries any more, until it is asked for with `replay`."""
        log.error("an event of Stripe's is given up", stripe_event=event_id)
        why = {"given_up": "It failed too often; the log of the jobs tells why."}
        await self.stored.update({"_id": event_id, "handled_at": None}, {"$set": why})

    async def sweep(self) -> int:
        """Ask anew for those whose job seems to be lost; how many."""
        lost = await self.stored.waiting(self.clock() - LOST)
        for event in lost:
            await self._ask(event)
        return len(lost)

    async def replay(self, ids: Sequence[str] = ()) -> int:
        """Ask anew for these, handled or not, or else for all that were given up; how many."""
        found = await self.stored.get_many(list(ids)) if ids else await self.stored.given_up()
        for id, event in zip(ids or [each.id for each in found if each], found, strict=True):
            if event is None:
                raise NotFound("event", id)
            await self._ask(event)
        return len(found)

    async def _ask(self, event: StripeEvent) -> None:
        async def ask() -> None:
            again = await self.stored.update(
                {"_id": event.id},
                {
                    "$inc": {"asked": 1},
                    "$set": {"handled_at": None, "given_up": None, "received_at": self.clock()},
                },
            )
            if again is not None:
                await self.events.enqueue(TASK, job_key(again), {"event_id": event.id})

        await self.mongo.transact(ask)

    async def _account(self, event: StripeEvent) -> BillingAccount | None:
        """Whose event it is; None where nobody here is that customer."""
        customer_id = event.customer_id
        if customer_id is None and event.charge_id is not None:
            customer_id = await self.stripe.customer_of_charge(event.charge_id)
        return None if customer_id is None else await self.accounts.of_customer(customer_id)

    async def _tell_trial_ends(self, account: BillingAccount) -> None:
        """Once a trial, and not where it has ended meanwhile."""
        bought = account.bought
        if bought is None or bought.trial_end is None or bought.trial_end <= self.clock():
            return
        day = f"{bought.trial_end:%d %B %Y}".lstrip("0")
        text = f"Your trial ends on {day}. Your card is charged then, unless you cancel."
        untold = {"_id": account.id, "trial_told": {"$ne": bought.id}}

        async def tell() -> None:
            if await self.billing.update(untold, {"$set": {"trial_told": bought.id}}):
                await self.news.notify_owners(account.id, NotificationKind.TRIAL_ENDS, text)

        await self.mongo.transact(tell)
