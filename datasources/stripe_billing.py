"""What we have Stripe do: each thing once, with a key that says what it is for.

A call that changes something takes `intent`: Stripe does what has the same one only once in a
day, however often it is asked. Raises `Unavailable`, and `StripeRefused` or `CardRefused`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from datasources.billing import BillingInterval, Bought
from datasources.stripe_client import GONE, StripeRefused
from datasources.stripe_reading import StripeReading, Swaps, lines

if TYPE_CHECKING:
    from stripe.params import SubscriptionScheduleUpdateParamsPhase
    from stripe.params.checkout import SessionCreateParams


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be bought. `trial_days` 0 is none; `currency` None is what suits the customer.

    `credits_price_id` is what AI credits cost, None where they are not sold.
    """

    account_id: str
    customer_id: str
    price_id: str
    trial_days: int
    currency: str | None
    promotion_id: str | None
    tax: bool
    return_url: str
    credits_price_id: str | None = None


class StripeBilling(StripeReading):
    """Customers, checkout, subscriptions and meters: what changes something at Stripe."""

    async def make_customer(self, account_id: str, name: str, email: str, intent: str) -> str:
        """The id of a new customer, who knows which workspace it stands for."""
        async with self.connection.use() as client:
            made = await client.v1.customers.create_async(
                {"name": name, "email": email, "metadata": {"workspace_id": account_id}},
                {"idempotency_key": intent},
            )
        return made.id

    async def forget_customer(self, customer_id: str) -> None:
        """Delete a customer, which ends what they are subscribed to. Twice is once."""
        try:
            async with self.connection.use() as client:
                await client.v1.customers.delete_async(customer_id)
        except StripeRefused as refused:
            if refused.code != GONE:
                raise

    async def checkout(self, order: Order, intent: str) -> str:
        """The address of a page that takes the order."""
        async with self.connection.use() as client:
            made = await client.v1.checkout.sessions.create_async(
                checkout_params(order), {"idempotency_key": intent}
            )
        return made.url or ""

    async def portal(self, customer_id: str, return_url: str) -> str:
        """The address of the page where a customer looks after cards, invoices and more."""
        async with self.connection.use() as client:
            made = await client.v1.billing_portal.sessions.create_async(
                {"customer": customer_id, "return_url": return_url}
            )
        return made.url

    async def change(self, bought: Bought, swaps: Swaps, at: datetime, intent: str) -> None:
        """Change to those prices; what it costs, or gives back, is settled at once.

        `at` is the moment that was previewed. CardRefused, and nothing changed, where the bank
        does not pay.
        """
        async with self.connection.use() as client:
            await client.v1.subscriptions.update_async(
                bought.id,
                {
                    "items": [{"id": id, "price": price} for id, price in lines(bought, swaps)],
                    "proration_behavior": "always_invoice",
                    "proration_date": int(at.timestamp()),
                    "payment_behavior": "error_if_incomplete",
                },
                {"idempotency_key": intent},
            )

    async def plan_change(
        self, bought: Bought, swaps: Swaps, interval: BillingInterval, intent: str
    ) -> None:
        """Change to those prices with the period to come. Nothing is charged or credited now.

        A schedule is made of the subscription as it is, and then gets a second phase. Where only
        the first happened the subscription goes on as it is.
        """
        async with self.connection.use() as client:
            made = await client.v1.subscription_schedules.create_async(
                {"from_subscription": bought.id}, {"idempotency_key": intent}
            )
            changed = phases(made.to_dict()["phases"][-1], swaps, interval)
            await client.v1.subscription_schedules.update_async(
                made.id,
                {"phases": changed, "end_behavior": "release"},
                {"idempotency_key": f"{intent}:phases"},
            )

    async def unplan(self, schedule_id: str, intent: str) -> None:
        """Let a subscription go on as it is, whatever it was to become."""
        async with self.connection.use() as client:
            await client.v1.subscription_schedules.release_async(
                schedule_id, {}, {"idempotency_key": intent}
            )

    async def set_ending(self, bought: Bought, *, ends: bool, intent: str) -> None:
        """Let a subscription end with its period, or go on after all."""
        async with self.connection.use() as client:
            await client.v1.subscriptions.update_async(
                bought.id, {"cancel_at_period_end": ends}, {"idempotency_key": intent}
            )

    async def end(self, bought: Bought, intent: str) -> None:
        """End a subscription at once."""
        async with self.connection.use() as client:
            await client.v1.subscriptions.cancel_async(
                bought.id, {"prorate": True}, {"idempotency_key": intent}
            )

    async def unpause(self, bought: Bought, intent: str) -> None:
        """Begin again what was paused."""
        async with self.connection.use() as client:
            await client.v1.subscriptions.resume_async(bought.id, {}, {"idempotency_key": intent})

    async def meter(
        self, event: str, customer_id: str, value: int, identifier: str, at: datetime
    ) -> None:
        """Count something that is paid by use. Stripe counts an identifier once."""
        try:
            async with self.connection.use() as client:
                await client.v1.billing.meter_events.create_async(
                    {
                        "event_name": event,
                        "payload": {"stripe_customer_id": customer_id, "value": str(value)},
                        "identifier": identifier,
                        "timestamp": int(at.timestamp()),
                    }
                )
        except StripeRefused as refused:
            if "identifier" not in str(refused):
                raise


def phases(
    now: Mapping[str, Any], swaps: Swaps, interval: BillingInterval
) -> list[SubscriptionScheduleUpdateParamsPhase]:
    """The phase that runs, as it is, and one period with other prices. Discounts go on."""
    running, coming = phase(now, {}), phase(now, swaps)
    running["start_date"], running["end_date"] = now["start_date"], now["end_date"]
    if now.get("trial_end"):
        running["trial_end"] = now["trial_end"]
    span = "year" if interval is BillingInterval.YEARLY else "month"
    coming["duration"] = {"interval": span, "interval_count": 1}
    return [running, coming]


def phase(now: Mapping[str, Any], swaps: Swaps) -> SubscriptionScheduleUpdateParamsPhase:
    """A phase with the lines and discounts of the one that runs, but with other prices."""
    found: SubscriptionScheduleUpdateParamsPhase = {
        "items": [{"price": swaps.get(each["price"], each["price"])} for each in now["items"]],
        "proration_behavior": "none",
    }
    if now.get("discounts"):
        found["discounts"] = [
            {"discount": each["discount"]} if each.get("discount") else {"coupon": each["coupon"]}
            for each in now["discounts"]
        ]
    return found


def returning(url: str, how: str) -> str:
    """The page that buyers return to, told how they left Checkout."""
    return f"{url}{'&' if '?' in url else '?'}checkout={how}"


def checkout_params(order: Order) -> SessionCreateParams:
    """What Checkout is asked for."""
    metadata = {"workspace_id": order.account_id}
    params: SessionCreateParams = {
        "mode": "subscription",
        "customer": order.customer_id,
        "client_reference_id": order.account_id,
        "line_items": [{"price": order.price_id, "quantity": 1}],
        "subscription_data": {"metadata": metadata},
        "success_url": returning(order.return_url, "done"),
        "cancel_url": returning(order.return_url, "left"),
    }
    if order.credits_price_id is not None:
        params["line_items"] = [*params["line_items"], {"price": order.credits_price_id}]
    if order.trial_days:
        params["subscription_data"] = {
            "metadata": metadata,
            "trial_period_days": order.trial_days,
        }
    if order.currency is not None:
        params["currency"] = order.currency
    if order.promotion_id is None:
        params["allow_promotion_codes"] = True
    else:
        params["discounts"] = [{"promotion_code": order.promotion_id}]
    if order.tax:
        params["automatic_tax"] = {"enabled": True}
        params["tax_id_collection"] = {"enabled": True}
        params["customer_update"] = {"address": "auto", "name": "auto"}
    return params
