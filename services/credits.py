"""AI credits: written down with what used them, told to Stripe until it has counted them once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from datasources.billing import BillingAccounts
from datasources.credits import CreditUse, CreditUses
from datasources.stripe_billing import StripeBilling
from datasources.stripe_client import StripeRefused
from services.clock import Clock
from services.entitlements import Entitlements
from services.standing import subscribed

log: structlog.stdlib.BoundLogger = structlog.get_logger()

BATCH = 200
COUNTED_FOR = timedelta(days=34)
"""How old a use may be: Stripe counts none that is older than 35 days."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Counts credits. `meter` is the meter's event name at Stripe, empty where none is sold."""

    uses: CreditUses
    accounts: BillingAccounts
    entitlements: Entitlements
    stripe: StripeBilling
    meter: str
    clock: Clock

    async def use(self, workspace_id: str, credits: int, identifier: str) -> None:
        """Write down, in the transaction around, that something used credits.

        `identifier` names the use: what has the same one counts once. Nothing is written where
        nothing is subscribed to, or credits are not sold.
        """
        if not self.meter or credits < 1:
            return
        account_id = await self.entitlements.account_of(workspace_id)
        if subscribed(await self.accounts.get(account_id)) is None:
            return
        if await self.uses.get(identifier) is None:
            use = CreditUse(id=identifier, account_id=account_id, credits=credits, at=self.clock())
            await self.uses.insert(use)

    async def send(self) -> int:
        """Tell Stripe of what it was not told of yet; how many. A worker calls it."""
        waiting = await self.uses.waiting(BATCH) if self.meter else []
        for use in waiting:
            await self._send(use)
            await self.uses.update({"_id": use.id}, {"$set": {"sent_at": self.clock()}})
        return len(waiting)

    async def _send(self, use: CreditUse) -> None:
        account = await self.accounts.get(use.account_id)
        if account is None or account.customer_id is None:
            return
        if self.clock() - use.at > COUNTED_FOR:
            log.error("credits are too old to be counted", use=use.id)
            return
        try:
            await self.stripe.meter(self.meter, account.customer_id, use.credits, use.id, use.at)
        except StripeRefused as refused:
            log.error("credits were refused", use=use.id, why=refused.code)
