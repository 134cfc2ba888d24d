"""AI credits: written down with what used them, told to Stripe until it has counted them once.

A credit is a millionth of a US dollar of what models cost, the unit of the ledger: whole numbers,
so that nothing is rounded before Stripe adds a period up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from datasources.billing import BillingAccounts
from datasources.credits import CreditUse, CreditUses
from datasources.model_calls import ModelCall
from datasources.stripe_billing import StripeBilling
from datasources.stripe_client import StripeRefused
from services.clock import Clock
from services.standing import subscribed

log: structlog.stdlib.BoundLogger = structlog.get_logger()

BATCH, AT_ONCE = 200, 8
AGAIN = timedelta(hours=1)
"""After what time Stripe is asked again to count what it has refused."""
COUNTED_FOR = timedelta(days=34)
"""How old a use may be: Stripe counts none that is older than 35 days."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Counts credits. `meter` is the meter's event name at Stripe, empty where none is sold."""

    uses: CreditUses
    accounts: BillingAccounts
    stripe: StripeBilling
    meter: str
    clock: Clock

    async def charge(self, call: ModelCall) -> None:
        """Write down, in the transaction that settles it, what a call of a model cost.

        Nobody pays for a call that failed, though their budget has to bear it.
        """
        if call.code is None:
            await self.use(call.account_id, call.cost, call.id)

    async def use(self, account_id: str, credits: int, identifier: str) -> None:
        """Write down, in the transaction around, that something used credits.

        `identifier` names the use: what has the same one counts once. Nothing is written where
        nothing is subscribed to, or credits are not sold.
        """
        if not self.meter or credits < 1:
            return
        if subscribed(await self.accounts.get(account_id)) is None:
            return
        if await self.uses.get(identifier) is None:
            use = CreditUse(id=identifier, account_id=account_id, credits=credits, at=self.clock())
            await self.uses.insert(use)

    async def send(self) -> int:
        """Tell Stripe of what it was not told of yet; of how much. A worker calls it."""
        told = 0
        while self.meter and (waiting := await self.uses.waiting(self.clock(), BATCH)):
            for start in range(0, len(waiting), AT_ONCE):
                some = waiting[start : start + AT_ONCE]
                done = await asyncio.gather(*map(self._tell, some), return_exceptions=True)
                for failure in done:
                    if failure is not None:
                        raise failure
            told += len(waiting)
        return told

    async def _tell(self, use: CreditUse) -> None:
        """Tell of one, and note that; one that is refused is tried again as long as it counts."""
        try:
            await self._send(use)
        except StripeRefused as refused:
            log.error("credits were refused", use=use.id, code=refused.code, why=str(refused))
            await self.uses.update({"_id": use.id}, {"$set": {"due_at": self.clock() + AGAIN}})
        else:
            await self.uses.update({"_id": use.id}, {"$set": {"sent_at": self.clock()}})

    async def _send(self, use: CreditUse) -> None:
        account = await self.accounts.get(use.account_id)
        if account is None or account.customer_id is None:
            return
        if self.clock() - use.at > COUNTED_FOR:
            log.error("credits are too old to be counted", use=use.id)
            return
        await self.stripe.meter(self.meter, account.customer_id, use.credits, use.id, use.at)
