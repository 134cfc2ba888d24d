"""What Stripe tells when it is asked. Raises `Unavailable`, and `StripeRefused`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from datasources.billing import BillingInterval, Bought
from datasources.plan_names import PlanName
from datasources.stripe_client import StripeConnection
from datasources.stripe_shapes import Dispute, Invoice, PaymentMethod, Price, Subscription, shaped

SOLD = (PlanName.CREATOR, PlanName.PRO, PlanName.AGENCY)
MOST = 100


def lookup_key(plan: PlanName, interval: BillingInterval) -> str:
    """The name under which a price is found: `brandgraph_pro_monthly`."""
    return f"brandgraph_{plan.lower()}_{interval.lower()}"


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

    async def read(self, customer_id: str) -> Found:
        """What there is of a customer at this moment."""
        async with self.connection.use() as client:
            customer, listed = await asyncio.gather(
                client.v1.customers.retrieve_async(customer_id),
                client.v1.subscriptions.list_async(
                    {
                        "customer": customer_id,
                        "status": "all",
                        "limit": MOST,
                        "expand": ["data.latest_invoice"],
                    }
                ),
            )
        known = customer.to_dict()
        deleted = bool(known.get("deleted"))
        every: list[Subscription] = [shaped(each, Subscription) for each in listed.data]
        account_id = (known.get("metadata") or {}).get("workspace_id")
        if deleted:
            return Found(deleted, account_id, None)
        return Found(deleted, account_id, *what_counts(every))

    async def every_subscription(self) -> AsyncIterator[Subscription]:
        """All subscriptions that have not ended, a hundred a call."""
        after: str | None = None
        while True:
            async with self.connection.use() as client:
                page = await client.v1.subscriptions.list_async(
                    {"limit": MOST, "expand": ["data.latest_invoice"]}
                    if after is None
                    else {
                        "limit": MOST,
                        "expand": ["data.latest_invoice"],
                        "starting_after": after,
                    }
                )
            for each in page.data:
                yield shaped(each, Subscription)
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

    async def preview(self, bought: Bought, price_id: str, at: datetime) -> Invoice:
        """The invoice that changing to that price at that moment would make. Nothing changes."""
        async with self.connection.use() as client:
            found = await client.v1.invoices.create_preview_async(
                {
                    "subscription": bought.id,
                    "subscription_details": {
                        "items": [{"id": bought.item_id, "price": price_id}],
                        "proration_behavior": "always_invoice",
                        "proration_date": int(at.timestamp()),
                    },
                }
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


def what_counts(every: Sequence[Subscription]) -> tuple[Bought | None, list[Bought]]:
    """Of all subscriptions a customer ever had the one that counts, and what it supersedes.

    It is the latest that lives, or else the latest.
    """
    ended = {"canceled": 0, "incomplete_expired": 0, "incomplete": 1}

    def weight(each: Subscription) -> tuple[int, int, str]:
        return ended.get(each.status, 2), each.created, each.id

    if not every:
        return None, []
    first, *others = sorted(every, key=weight, reverse=True)
    return first.bought(), [each.bought() for each in others if each.status not in ended]
