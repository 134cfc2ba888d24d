"""When a workspace ends, so does its customer at Stripe, with all that is known of them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasources.billing import BillingAccounts
from datasources.stripe_billing import StripeBilling
from services.events import Events

TASK = "stripe_goodbye"


@dataclass(frozen=True, slots=True)
class StripeGoodbyes:
    """Asks for it with the end of the workspace, and does it as a job."""

    accounts: BillingAccounts
    stripe: StripeBilling
    events: Events
    sells: bool

    async def ask(self, workspace_ids: Sequence[str]) -> None:
        """Within the transaction that ends these workspaces: have their customers deleted."""
        if not self.sells:
            return
        for account in await self.accounts.get_many(workspace_ids):
            if account is not None and account.customer_id is not None:
                id = account.customer_id
                await self.events.enqueue(TASK, f"goodbye:{id}", {"customer_id": id})

    async def say(self, customer_id: str) -> None:
        """Delete the customer, which ends what they are subscribed to. Twice is once."""
        await self.stripe.forget_customer(customer_id)
