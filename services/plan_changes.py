"""Changing a plan that is there, at once or with the period to come, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.billing import BillingInterval
from datasources.plan_names import PlanName
from datasources.stripe_shapes import Invoice
from services.billing import Held
from services.billing_failures import PaymentIsDisputed
from services.buying import Buying, answers
from services.clock import Clock
from services.failures import BadInput
from services.intents import intent
from services.standing import is_disputed
from services.viewer import Viewer

PREVIEWED = timedelta(hours=1)
"""How long the figures of a preview can be had."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What changing the plan costs; `at` is the moment that it was worked out for.

    The change takes effect at `effective_at`: then, or at the end of the period.
    """

    invoice: Invoice
    at: datetime
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """Each asks Stripe under a key made of the intent, then reads the account anew."""

    buying: Buying
    clock: Clock

    async def quote(
        self,
        viewer: Viewer,
        workspace_id: str,
        plan: PlanName,
        interval: BillingInterval,
        *,
        at_period_end: bool = False,
    ) -> Quote:
        """What changing to that plan would cost, this moment or then. Nothing changes."""
        account = await self.buying.account(viewer, workspace_id)
        stripe = self.buying.stripe
        bought = self.buying.bought(account)
        price = await self.buying.price(plan, interval)
        now = self.clock().replace(microsecond=0)
        with answers():
            swaps = await self.buying.swaps(bought, price)
            if at_period_end:
                invoice = await stripe.preview(bought, swaps, None)
                return Quote(invoice, now, bought.current_period_end)
            return Quote(await stripe.preview(bought, swaps, now), now, now)

    async def change(
        self,
        viewer: Viewer,
        workspace_id: str,
        plan: PlanName,
        interval: BillingInterval,
        quoted_at: datetime | None = None,
    ) -> Held:
        """Change the plan at once, at the price of that quote; the difference is settled."""
        account = await self.buying.account(viewer, workspace_id)
        stripe = self.buying.stripe
        bought = self.buying.bought(account)
        if is_disputed(account):
            raise PaymentIsDisputed
        price = await self.buying.price(plan, interval)
        at = self._quoted(quoted_at)
        with answers():
            await self.buying.unplan(bought)
            if price.id != bought.price_id:
                meant = intent("change", bought.id, bought.price_id, price.id, account.revision)
                await stripe.change(bought, await self.buying.swaps(bought, price), at, meant)
        await self.buying.log(viewer, account, "billing.changed", plan=plan.value)
        return await self.buying.renewed(account)

    async def plan(
        self, viewer: Viewer, workspace_id: str, plan: PlanName, interval: BillingInterval
    ) -> Held:
        """Change the plan with the period to come: what is paid for is had till then.

        To change to what there is takes back what was to come, even that it was to end.
        """
        account = await self.buying.account(viewer, workspace_id)
        stripe = self.buying.stripe
        bought = self.buying.bought(account)
        if is_disputed(account):
            raise PaymentIsDisputed
        price = await self.buying.price(plan, interval)
        meant = ("plan", bought.id, bought.schedule_id, price.id, account.revision)
        with answers():
            await self.buying.unplan(bought)
            if bought.cancel_at_period_end:
                await stripe.set_ending(bought, ends=False, intent=intent("resume", *meant))
            if price.id != bought.price_id:
                swaps = await self.buying.swaps(bought, price)
                await stripe.plan_change(bought, swaps, interval, intent(*meant))
        await self.buying.log(viewer, account, "billing.planned", plan=plan.value)
        return await self.buying.renewed(account)

    def _quoted(self, at: datetime | None) -> datetime:
        now = self.clock()
        if at is not None and not now - PREVIEWED <= at <= now:
            raise BadInput("quotedAt", "is not of the last hour.", "`quotedAt` of a new preview")
        return (at or now).replace(microsecond=0)
