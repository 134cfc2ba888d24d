"""Buying a plan, changing it, ending it, going on after all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.billing import BillingAccount, BillingInterval, Bought, SubscriptionStatus
from datasources.plan_names import PlanName
from datasources.stripe_billing import Order
from datasources.stripe_client import CardRefused, StripeRefused
from datasources.stripe_shapes import Invoice, Price
from datasources.users import Users
from services.audit import Audit
from services.billing import BillingService, Held
from services.billing_failures import (
    AlreadySubscribed,
    NotSubscribed,
    PaymentFailed,
    PaymentIsDisputed,
)
from services.clock import Clock
from services.failures import BadInput, Unauthenticated
from services.intents import intent
from services.permissions import Permission
from services.standing import is_disputed, subscribed
from services.stripe_accounts import StripeAccounts
from services.viewer import Viewer

PREVIEWED = timedelta(hours=1)
"""How long the figures of a preview can be had."""


@dataclass(frozen=True, slots=True)
class Sale:
    """How plans are sold: days of trial, whether Stripe works taxes out, where buyers return to."""

    trial_days: int
    tax: bool
    return_url: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What changing the plan costs; `at` is the moment that it was worked out for."""

    invoice: Invoice
    at: datetime


@dataclass(frozen=True, slots=True)
class Purchases:
    """Each asks Stripe under a key made of the intent, then reads the account anew."""

    users: Users
    billing: BillingService
    accounts: StripeAccounts
    audit: Audit
    sale: Sale
    clock: Clock

    async def checkout(
        self,
        viewer: Viewer,
        workspace_id: str,
        plan: PlanName,
        interval: BillingInterval,
        currency: str | None = None,
        coupon: str | None = None,
    ) -> str:
        """The address of a page where the plan is bought. AlreadySubscribed where there is one."""
        account = await self._account(viewer, workspace_id)
        stripe = self.billing.stripe
        if subscribed(account):
            raise AlreadySubscribed
        price = await self._price(plan, interval)
        if currency is not None and currency.lower() not in price.amounts:
            raise BadInput("currency", "is not one that it is sold in.", sorted(price.amounts))
        promotion = None if coupon is None else await stripe.promotion(coupon)
        if coupon is not None and promotion is None:
            raise BadInput("coupon", "is not, or no longer, good.")
        order = Order(
            account_id=account.id,
            customer_id=await self._customer(viewer, account),
            price_id=price.id,
            trial_days=0 if account.bought else self.sale.trial_days,
            currency=currency.lower() if currency else None,
            promotion_id=promotion,
            tax=self.sale.tax,
            return_url=self.sale.return_url,
        )
        today = self.clock().date().isoformat()
        meant = intent("checkout", *parts(order), account.revision, today)
        with answers():
            url = await stripe.checkout(order, meant)
        await self._log(viewer, account, "billing.checkout", plan=plan.value)
        return url

    async def portal(self, viewer: Viewer, workspace_id: str) -> str:
        """The address of a page for cards, addresses and invoices."""
        account = await self._account(viewer, workspace_id)
        stripe = self.billing.stripe
        customer_id = await self._customer(viewer, account)
        with answers():
            return await stripe.portal(customer_id, self.sale.return_url)

    async def quote(
        self, viewer: Viewer, workspace_id: str, plan: PlanName, interval: BillingInterval
    ) -> Quote:
        """What changing to that plan would cost this moment. Nothing changes."""
        account = await self._account(viewer, workspace_id)
        stripe = self.billing.stripe
        bought = self._bought(account)
        price = await self._price(plan, interval)
        at = self.clock().replace(microsecond=0)
        with answers():
            return Quote(await stripe.preview(bought, price.id, at), at)

    async def change(
        self,
        viewer: Viewer,
        workspace_id: str,
        plan: PlanName,
        interval: BillingInterval,
        quoted_at: datetime | None = None,
    ) -> Held:
        """Change the plan at once, at the price of that quote; the difference is settled."""
        account = await self._account(viewer, workspace_id)
        stripe = self.billing.stripe
        bought = self._bought(account)
        if is_disputed(account):
            raise PaymentIsDisputed
        price = await self._price(plan, interval)
        at = self._quoted(quoted_at)
        if price.id != bought.price_id:
            meant = intent("change", bought.id, bought.price_id, price.id, account.revision)
            with answers():
                await stripe.change(bought, price.id, at, meant)
            await self._log(viewer, account, "billing.changed", plan=plan.value)
        return await self._renewed(account)

    async def cancel(self, viewer: Viewer, workspace_id: str, *, at_once: bool) -> Held:
        """End the plan, with its period or at once; what is left of it is credited then."""
        account = await self._account(viewer, workspace_id)
        stripe = self.billing.stripe
        bought = self._bought(account)
        with answers():
            if at_once:
                await stripe.end(bought, intent("end", bought.id))
            else:
                meant = intent("cancel", bought.id, account.revision)
                await stripe.set_ending(bought, ends=True, intent=meant)
        await self._log(viewer, account, "billing.canceled", at_once=at_once)
        return await self._renewed(account)

    async def resume(self, viewer: Viewer, workspace_id: str) -> Held:
        """Go on after all, as long as the plan has not ended."""
        account = await self._account(viewer, workspace_id)
        stripe = self.billing.stripe
        bought = self._bought(account)
        meant = intent("resume", bought.id, account.revision)
        with answers():
            if bought.status is SubscriptionStatus.PAUSED:
                await stripe.unpause(bought, meant)
            elif bought.cancel_at_period_end:
                await stripe.set_ending(bought, ends=False, intent=meant)
        await self._log(viewer, account, "billing.resumed")
        return await self._renewed(account)

    async def _account(self, viewer: Viewer, workspace_id: str) -> BillingAccount:
        return await self.billing.account(viewer, Permission.BILLING_WRITE, workspace_id)

    async def _price(self, plan: PlanName, interval: BillingInterval) -> Price:
        if plan is PlanName.FREE:
            raise BadInput("plan", "costs nothing: use `cancelSubscription`.", ["CREATOR", "PRO"])
        return await self.billing.price(plan, interval)

    def _bought(self, account: BillingAccount) -> Bought:
        bought = subscribed(account)
        if bought is None:
            raise NotSubscribed
        return bought

    def _quoted(self, at: datetime | None) -> datetime:
        now = self.clock()
        if at is not None and not now - PREVIEWED <= at <= now:
            raise BadInput("quotedAt", "is not of the last hour.", "`quotedAt` of a new preview")
        return (at or now).replace(microsecond=0)

    async def _customer(self, viewer: Viewer, account: BillingAccount) -> str:
        """The account's customer at Stripe, made when it is first needed."""
        if account.customer_id is not None:
            return account.customer_id
        user = await self.users.get(viewer.id())
        if user is None:
            raise Unauthenticated
        name, email = user.profile.full_name, user.email
        meant = intent("customer", account.id, account.revision, name, email)
        with answers():
            made = await self.billing.stripe.make_customer(account.id, name, email, meant)
        linked = await self.accounts.link(account.id, made)
        return made if linked is None else linked.customer_id or made

    async def _renewed(self, account: BillingAccount) -> Held:
        return self.billing.held(await self.accounts.refresh(account.id))

    async def _log(
        self, viewer: Viewer, account: BillingAccount, action: str, **details: str | bool
    ) -> None:
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


def parts(order: Order) -> tuple[str | int | bool | None, ...]:
    """An order as the parts of an intent."""
    return (
        order.customer_id,
        order.price_id,
        order.trial_days,
        order.currency,
        order.promotion_id,
        order.tax,
        order.return_url,
    )
