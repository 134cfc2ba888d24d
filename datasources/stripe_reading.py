"""What Stripe tells when it is asked. Raises `Unavailable`, and `StripeRefused`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from datasources.billing import BillingInterval, Bought, Planned
from datasources.plan_names import PlanName
from datasources.stripe_client import GONE, StripeConnection, StripeRefused
from datasources.stripe_shapes import Dispute, Invoice, PaymentMethod, Price, Subscription, shaped

if TYPE_CHECKING:
    from stripe.params import InvoiceCreatePreviewParamsSubscriptionDetails

WHOLE = ["data.latest_invoice", "data.schedule"]
"""What a list of subscriptions is to tell in full."""
SOLD = (PlanName.CREATOR, PlanName.PRO, PlanName.AGENCY)
MOST = 100


def lookup_key(plan: PlanName, interval: BillingInterval) -> str:
    """The name under which a price is found: `brandgraph_pro_monthly`."""
    return f"brandgraph_{plan.lower()}_{interval.lower()}"


def credits_key(interval: BillingInterval) -> str:
    """The name under which the price of AI credits is found: `brandgraph_credits_monthly`."""
    return f"brandgraph_credits_{interval.lower()}"


Swaps = Mapping[str, str]
"""Prices that take the place of others: the new one's id by the old one's."""


def lines(bought: Bought, swaps: Swaps) -> list[tuple[str, str]]:
    """The lines that change, each with the id of its new price."""
    items = {bought.price_id: bought.item_id}
    if bought.credits is not None:
        items[bought.credits.price_id] = bought.credits.item_id
    return [(items[old], new) for old, new in swaps.items()]


@dataclass(frozen=True, slots=True)
class Found:
    """What Stripe has of a customer. `bought` is what counts among their subscriptions.

    `superseded` live as well, and should not: they were begun before it.
    """

    deleted: bool
    account_id: str | None
    bought: Bought | None
    superseded: Sequence[Bought] = ()


class StripeReading:
    """Prices, customers, subscriptions, invoices and disputes, as they are at Stripe."""

    def __init__(self, connection: StripeConnection) -> None:
        self.connection = connection

    async def prices(self) -> list[Price]:
        """Every price that a plan is sold for."""
        keys = [lookup_key(plan, interval) for plan in SOLD for interval in BillingInterval]
        async with self.connection.use() as client:
            found = await client.v1.prices.list_async(
                {
                    "lookup_keys": keys,
                    "active": True,
                    "expand": ["data.currency_options"],
                    "limit": MOST,
                }
            )
        return [shaped(each, Price) for each in found.data]

    async def credits_price(self, interval: BillingInterval) -> str | None:
        """The id of the price that AI credits are paid by, None where there is none."""
        async with self.connection.use() as client:
            found = await client.v1.prices.list_async(
                {"lookup_keys": [credits_key(interval)], "active": True, "limit": 1}
            )
        return found.data[0].id if found.data else None

    async def read(self, customer_id: str) -> Found:
        """What there is of a customer at this moment; one that is not known is deleted."""
        try:
            return await self._read(customer_id)
        except StripeRefused as refused:
            if refused.code != GONE:
                raise
        return Found(deleted=True, account_id=None, bought=None)

    async def _read(self, customer_id: str) -> Found:
        async with self.connection.use() as client:
            customer, listed = await asyncio.gather(
                client.v1.customers.retrieve_async(customer_id),
                client.v1.subscriptions.list_async(
                    {
                        "customer": customer_id,
                        "status": "all",
                        "limit": MOST,
                        "expand": WHOLE,
                    }
                ),
            )
        known = customer.to_dict()
        deleted = bool(known.get("deleted"))
        every: list[Subscription] = [shaped(each, Subscription) for each in listed.data]
        account_id = (known.get("metadata") or {}).get("workspace_id")
        if deleted:
            return Found(deleted, account_id, None)
        first, superseded = what_counts(every)
        bought = None if first is None else await self._bought(first)
        return Found(deleted, account_id, bought, [each.bought() for each in superseded])

    async def _bought(self, found: Subscription) -> Bought:
        """A subscription as we keep it, with what it is going to be."""
        if found.coming is None:
            return found.bought()
        price_id, at = found.coming
        async with self.connection.use() as client:
            price: Price = shaped(await client.v1.prices.retrieve_async(price_id), Price)
        return found.bought(
            Planned(price_id=price.id, plan=price.plan, interval=price.interval, at=at)
        )

    async def every_subscription(self) -> AsyncIterator[tuple[str, Bought]]:
        """All subscriptions that have not ended, each with its customer; a hundred a call."""
        after: str | None = None
        while True:
            async with self.connection.use() as client:
                page = await client.v1.subscriptions.list_async(
                    {"limit": MOST, "expand": WHOLE}
                    if after is None
                    else {"limit": MOST, "expand": WHOLE, "starting_after": after}
                )
            for each in page.data:
                subscription: Subscription = shaped(each, Subscription)
                yield subscription.customer, await self._bought(subscription)
            if not page.has_more or not page.data:
                return
            after = page.data[-1].id

    async def promotion(self, code: str) -> str | None:
        """The id of a code that a customer may enter; None where it is not, or no longer, good."""
        async with self.connection.use() as client:
            found = await client.v1.promotion_codes.list_async(
                {"code": code, "active": True, "limit": 1}
            )
        return found.data[0].id if found.data else None

    async def preview(self, bought: Bought, swaps: Swaps, at: datetime | None) -> Invoice:
        """The invoice that changing to those prices at that moment would make. Nothing changes.

        `at` None is the end of the period: the first invoice at those prices.
        """
        details: InvoiceCreatePreviewParamsSubscriptionDetails = {
            "items": [{"id": id, "price": price} for id, price in lines(bought, swaps)],
            "proration_behavior": "none",
        }
        if at is not None:
            details["proration_behavior"] = "always_invoice"
            details["proration_date"] = int(at.timestamp())
        async with self.connection.use() as client:
            found = await client.v1.invoices.create_preview_async(
                {"subscription": bought.id, "subscription_details": details}
            )
        invoice: Invoice = shaped(found, Invoice)
        return invoice

    async def invoices(self, customer_id: str, first: int, after: str | None) -> list[Invoice]:
        """A customer's invoices, the latest first."""
        async with self.connection.use() as client:
            found = await client.v1.invoices.list_async(
                {"customer": customer_id, "limit": first}
                if after is None
                else {"customer": customer_id, "limit": first, "starting_after": after}
            )
        return [shaped(each, Invoice) for each in found.data]

    async def payment_methods(self, customer_id: str) -> list[PaymentMethod]:
        """How a customer can pay: what may be shown of it."""
        async with self.connection.use() as client:
            found = await client.v1.customers.payment_methods.list_async(
                customer_id, {"limit": MOST}
            )
        return [shaped(each, PaymentMethod) for each in found.data]

    async def dispute(self, id: str) -> Dispute:
        """A dispute as it stands."""
        async with self.connection.use() as client:
            dispute: Dispute = shaped(await client.v1.disputes.retrieve_async(id), Dispute)
        return dispute

    async def customer_of_charge(self, charge_id: str) -> str | None:
        """Whose charge it was."""
        async with self.connection.use() as client:
            charge = await client.v1.charges.retrieve_async(charge_id)
        found = charge.customer
        return found if found is None or isinstance(found, str) else found.id


def what_counts(every: Sequence[Subscription]) -> tuple[Subscription | None, list[Subscription]]:
    """Of all subscriptions a customer ever had the one that counts, and what it supersedes.

    It is the latest that lives, or else the latest.
    """
    ended = {"canceled": 0, "incomplete_expired": 0, "incomplete": 1}

    def weight(each: Subscription) -> tuple[int, int, str]:
        return ended.get(each.status, 2), each.created, each.id

    if not every:
        return None, []
    first, *others = sorted(every, key=weight, reverse=True)
    return first, [each for each in others if each.status not in ended]
