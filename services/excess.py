"""What is read-only since a plan became smaller, or was not paid for. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasources.billing import BillingAccount, BillingAccounts
from datasources.workspaces import Workspace, Workspaces
from services.clock import Clock
from services.counts import Count
from services.plans import PLANS, Limit
from services.standing import Terms, standing


@dataclass(frozen=True, slots=True)
class Excess:
    """Marks what is beyond a plan, the latest first, and takes the marks off again."""

    accounts: BillingAccounts
    workspaces: Workspaces
    counts: Mapping[Limit, Count]
    terms: Terms
    clock: Clock

    async def review(self, account_id: str) -> None:
        """Within a transaction that removed something: let go of what is within the plan now."""
        account = await self.accounts.get(account_id)
        if account is not None and account.excess:
            await self.settle(account.id)

    async def settle(self, account_id: str) -> BillingAccount:
        """Within a transaction: mark what the account's plan has no place for, and only that."""
        account = await self.accounts.take_turn(account_id)
        held = standing(account, self.terms, self.clock())
        below = await self.workspaces.find({"path": account_id}, sort=[("_id", 1)])
        ids = [each.id for each in below]
        top = next((each for each in below if each.id == account_id), None)
        if top is None:
            return account
        beyond = await self._beyond(top, ids, PLANS[held.plan].limits)
        closed = ids if held.lapsed else beyond.get(Limit.WORKSPACES, [])
        for limit, counted in self.counts.items():
            await counted.close(ids, beyond.get(limit, []), closed)
        excess = {limit.value: found for limit, found in beyond.items()}
        changed = {"$set": {"excess": excess, "lapsed": held.lapsed}}
        return await self.accounts.update({"_id": account_id}, changed) or account

    async def _beyond(
        self, top: Workspace, ids: Sequence[str], limits: Mapping[Limit, int | None]
    ) -> dict[Limit, list[str]]:
        found: dict[Limit, list[str]] = {}
        for limit, counted in self.counts.items():
            most = limits[limit]
            beyond = [] if most is None else await counted.beyond(top, ids, most)
            if beyond:
                found[limit] = beyond
        return found
