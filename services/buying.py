"""What buying, changing and ending plans have in common: whose account, and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from datasources.billing import BillingAccount, BillingInterval, Bought
from datasources.plan_names import PlanName
from datasources.stripe_billing import StripeBilling
from datasources.stripe_client import CardRefused, StripeRefused
from datasources.stripe_shapes import Price
from services.audit import Audit
from services.billing import BillingService, Held
from services.billing_failures import NotSubscribed, PaymentFailed
from services.failures import BadInput
from services.intents import intent
from services.permissions import Permission
from services.standing import subscribed
from services.stripe_accounts import StripeAccounts
from services.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Buying:
    """The steps that each purchase takes. `credits_sold`: beside each plan, AI credits by use."""

    billing: BillingService
    accounts: StripeAccounts
    audit: Audit
    credits_sold: bool

    @property
    def stripe(self) -> StripeBilling:
        """Stripe; BillingNotConfigured where nothing is sold."""
        return self.billing.stripe

    async def account(self, viewer: Viewer, workspace_id: str) -> BillingAccount:
        """The account of a workspace, for those who may buy."""
        return await self.billing.account(viewer, Permission.BILLING_WRITE, workspace_id)

    async def price(self, plan: PlanName, interval: BillingInterval) -> Price:
        """What that plan costs; PriceMissing where it is not for sale."""
        if plan is PlanName.FREE:
            raise BadInput("plan", "costs nothing: use `cancelSubscription`.", ["CREATOR", "PRO"])
        return await self.billing.price(plan, interval)

    def bought(self, account: BillingAccount) -> Bought:
        """What there is to change; NotSubscribed where there is nothing."""
        bought = subscribed(account)
        if bought is None:
            raise NotSubscribed
        return bought

    async def credits_price(self, interval: BillingInterval) -> str | None:
        """The id of what AI credits cost beside a plan that is paid so often; None: nothing."""
        return await self.stripe.credits_price(interval) if self.credits_sold else None

    async def swaps(self, bought: Bought, price: Price) -> dict[str, str]:
        """The prices that change with the plan: Stripe bills all lines equally often."""
        found = {bought.price_id: price.id}
        if bought.credits is not None and price.interval is not bought.interval:
            credits = await self.credits_price(price.interval)
            if credits is not None:
                found[bought.credits.price_id] = credits
        return found

    async def unplan(self, bought: Bought) -> None:
        """Drop what the plan was to become: Stripe changes none that has a schedule."""
        if bought.schedule_id is not None:
            await self.stripe.unplan(bought.schedule_id, intent("unplan", bought.schedule_id))

    async def renewed(self, account: BillingAccount) -> Held:
        """The account as Stripe has it now."""
        return self.billing.held(await self.accounts.refresh(account.id))

    async def log(
        self, viewer: Viewer, account: BillingAccount, action: str, **details: str | bool
    ) -> None:
        """Who did what."""
        await self.audit.record(viewer, account.id, action, account.id, **details)


@contextmanager
def answers() -> Iterator[None]:
    """What Stripe refuses, in words for the person who buys."""
    try:
        yield
    except CardRefused as refused:
        raise PaymentFailed(str(refused)) from None
    except StripeRefused as refused:
        raise BadInput("plan", f"cannot be had: {refused}") from refused
