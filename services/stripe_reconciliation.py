"""Every night: whether accounts are what Stripe says they are. What is not is told, and mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from datasources.billing import BillingAccount, BillingAccounts, Bought, SubscriptionStatus
from datasources.stripe_events import StripeEvents
from datasources.stripe_reading import StripeReading
from services.clock import Clock
from services.standing import Terms, standing
from services.stripe_accounts import StripeAccounts

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """An account that was not what Stripe said. `account_id` is None where nobody is known."""

    account_id: str | None
    customer_id: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Compares, reports and mends; and notices accounts whose days of grace have ended."""

    billing: BillingAccounts
    stored: StripeEvents
    stripe: StripeReading
    accounts: StripeAccounts
    terms: Terms
    clock: Clock
    sells: bool

    async def run(self) -> list[Difference]:
        """What differed. Each is in the log as well, and so are events that wait for long."""
        if not self.sells:
            return []
        living = {customer: each async for customer, each in self.stripe.every_subscription()}
        known = await self.billing.find({"customer_id": {"$type": "string"}})
        found = [
            await self._compare(each, living.pop(each.customer_id or "", None)) for each in known
        ]
        differences = [each for each in found if each is not None]
        for customer_id, bought in living.items():
            differences.append(await self._adopt(customer_id, bought))
        for each in differences:
            log.warning(
                "an account was not what Stripe says",
                account=each.account_id,
                customer=each.customer_id,
                here=each.here,
                there=each.there,
            )
        late = await self.stored.waiting(self.clock() - LATE)
        if late:
            log.error("events of Stripe's wait for too long", events=[each.id for each in late])
        return differences

    async def lapse(self) -> int:
        """Make read-only what was not paid for in the days of grace; how many accounts."""
        owing = [SubscriptionStatus.PAST_DUE.value, SubscriptionStatus.UNPAID.value]
        found = await self.billing.find({"bought.status": {"$in": owing}, "lapsed": {"$ne": True}})
        now = self.clock()
        due = [each for each in found if standing(each, self.terms, now).lapsed]
        for account in due:
            await self.accounts.settle(account.id)
        return len(due)

    async def _compare(self, account: BillingAccount, there: Bought | None) -> Difference | None:
        before = told(account)
        if there is not None and account.bought == there:
            return None
        if there is None and (account.bought is None or before == "CANCELED"):
            return None
        after = told(await self.accounts.refresh(account.id))
        return Difference(account.id, account.customer_id or "", before, after)

    async def _adopt(self, customer_id: str, there: Bought) -> Difference:
        """Somebody pays whom no account knows of: found by what their customer says, or told."""
        account = await self.accounts.of_customer(customer_id)
        if account is not None:
            await self.accounts.refresh(account.id)
        known = account.id if account else None
        return Difference(known, customer_id, "nothing", there.status.value)


def told(account: BillingAccount) -> str:
    """An account's subscription in a few words."""
    bought = account.bought
    if bought is None:
        return "nothing"
    if bought.status is SubscriptionStatus.CANCELED:
        return "CANCELED"
    return f"{bought.plan} {bought.interval} {bought.status}"
