"""Buying a plan, ending it, going on after all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from datasources.billing import BillingAccount, BillingInterval, SubscriptionStatus
from datasources.plan_names import PlanName
from datasources.stripe_billing import Order
from datasources.stripe_client import GONE, StripeRefused
from datasources.users import Users
from services.billing import Held
from services.billing_failures import AlreadySubscribed
from services.buying import Buying, answers
from services.clock import Clock
from services.failures import BadInput, Unauthenticated
from services.intents import intent
from services.standing import subscribed
from services.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Sale:
    """How plans are sold: days of trial, whether Stripe works taxes out, where buyers return to."""

    trial_days: int
    tax: bool
    return_url: str


@dataclass(frozen=True, slots=True)
class Purchases:
    """Each asks Stripe under a key made of the intent, then reads the account anew."""

    users: Users
    buying: Buying
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
        account = await self.buying.account(viewer, workspace_id)
        stripe = self.buying.stripe
        if subscribed(account):
            raise AlreadySubscribed
        price = await self.buying.price(plan, interval)
        if currency is not None and currency.lower() not in price.amounts:
            raise BadInput("currency", "is not one that it is sold in.", sorted(price.amounts))
        promotion = None if coupon is None else await stripe.promotion(coupon)
        if coupon is not None and promotion is None:
            raise BadInput("coupon", "is not, or no longer, good.")
        credits = await self.buying.credits_price(interval)

        async def ask(customer_id: str) -> str:
            order = Order(
                account_id=account.id,
                customer_id=customer_id,
                price_id=price.id,
                trial_days=0 if account.bought else self.sale.trial_days,
                currency=currency.lower() if currency else None,
                promotion_id=promotion,
                tax=self.sale.tax,
                return_url=self.sale.return_url,
                credits_price_id=credits,
            )
            today = self.clock().date().isoformat()
            return await stripe.checkout(
                order, intent("checkout", *parts(order), account.revision, today)
            )

        url = await self._for_customer(viewer, account, ask)
        await self.buying.log(viewer, account, "billing.checkout", plan=plan.value)
        return url

    async def portal(self, viewer: Viewer, workspace_id: str) -> str:
        """The address of a page for cards, addresses and invoices."""
        account = await self.buying.account(viewer, workspace_id)
        stripe = self.buying.stripe

        async def ask(customer_id: str) -> str:
            return await stripe.portal(customer_id, self.sale.return_url)

        return await self._for_customer(viewer, account, ask)

    async def cancel(self, viewer: Viewer, workspace_id: str, *, at_once: bool) -> Held:
        """End the plan, with its period or at once; what is left of it is credited then."""
        account = await self.buying.account(viewer, workspace_id)
        stripe = self.buying.stripe
        bought = self.buying.bought(account)
        with answers():
            if at_once:
                await stripe.end(bought, intent("end", bought.id))
            else:
                meant = intent("cancel", bought.id, account.revision)
                await self.buying.unplan(bought)
                await stripe.set_ending(bought, ends=True, intent=meant)
        await self.buying.log(viewer, account, "billing.canceled", at_once=at_once)
        return await self.buying.renewed(account)

    async def resume(self, viewer: Viewer, workspace_id: str) -> Held:
        """Go on after all as it is, as long as the plan has not ended: nor change to another."""
        account = await self.buying.account(viewer, workspace_id)
        stripe = self.buying.stripe
        bought = self.buying.bought(account)
        meant = intent("resume", bought.id, account.revision)
        with answers():
            await self.buying.unplan(bought)
            if bought.status is SubscriptionStatus.PAUSED:
                await stripe.unpause(bought, meant)
            elif bought.cancel_at_period_end:
                await stripe.set_ending(bought, ends=False, intent=meant)
        await self.buying.log(viewer, account, "billing.resumed")
        return await self.buying.renewed(account)

    async def _for_customer(
        self, viewer: Viewer, account: BillingAccount, ask: Callable[[str], Awaitable[str]]
    ) -> str:
        """What is asked for the account's customer; for a new one, if Stripe knows the old no more.

        So it is after a customer was deleted there, and where a test's key becomes a real one.
        """
        with answers():
            try:
                return await ask(await self._customer(viewer, account))
            except StripeRefused as refused:
                if refused.code != GONE:
                    raise
                now = await self.buying.accounts.refresh(account.id)
                if now.customer_id is not None:
                    raise
            return await ask(await self._customer(viewer, now))

    async def _customer(self, viewer: Viewer, account: BillingAccount) -> str:
        """The account's customer at Stripe, made when it is first needed."""
        if account.customer_id is not None:
            return account.customer_id
        user = await self.users.get(viewer.id())
        if user is None:
            raise Unauthenticated
        name, email = user.profile.full_name, user.email
        meant = intent("customer", account.id, account.revision, name, email)
        made = await self.buying.stripe.make_customer(account.id, name, email, meant)
        linked = await self.buying.accounts.link(account.id, made)
        return made if linked is None else linked.customer_id or made


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
        order.credits_price_id,
    )
