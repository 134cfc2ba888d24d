"""Entitlements: what a plan allows, asked by every service before it adds something limited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasources.billing import BillingAccount, BillingAccounts
from datasources.workspaces import Workspace, Workspaces
from services.clock import Clock
from services.counts import Count
from services.failures import Failure, NotFound
from services.plans import PLANS, Limit, Plan, enough
from services.read_only import ReadOnly
from services.standing import Standing, Terms, standing

WORDS: Mapping[Limit, str] = {
    Limit.WORKSPACES: "workspaces",
    Limit.MEMBERS: "members",
    Limit.BRANDS: "brands",
    Limit.CONNECTIONS: "connections",
    Limit.SCHEDULED_POSTS: "scheduled posts",
    Limit.AI_BUDGET: "US cents a month for AI",
    Limit.REQUESTS: "requests a minute",
    Limit.HISTORY: "days of history",
}


class PlanLimit(Failure):
    """The plan does not allow that much; which one would comes with the error."""

    code = "PLAN_LIMIT"

    def __init__(self, plan: Plan, limit: Limit, used: int, wanted: int) -> None:
        better = enough(limit, wanted)
        said = f"The {plan.name.value} plan allows {plan.limit(limit)} {WORDS[limit]}"
        verb = "asked for" if limit is Limit.HISTORY else "used"
        super().__init__(
            f"{said}, and {used} are {verb}. {remedy(better, limit)}",
            limit=limit.value,
            plan=plan.name.value,
            allowed=plan.limit(limit),
            used=used,
            upgradeTo=better.name.value if better else None,
        )


class Entitlements:
    """Tells an account's plan, and refuses what is more than it allows.

    An account is a topmost workspace with all below it.
    """

    def __init__(
        self,
        accounts: BillingAccounts,
        workspaces: Workspaces,
        counts: Mapping[Limit, Count],
        terms: Terms,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._workspaces = workspaces
        self._counts = counts
        self._terms = terms
        self._clock = clock

    async def account_of(self, workspace_id: str) -> str:
        """The id of the topmost workspace, whose plan holds here."""
        workspace = await self._workspaces.get(workspace_id)
        if workspace is None:
            raise NotFound("workspace", workspace_id)
        return workspace.path[0]

    async def plan_of(self, workspace_id: str) -> Plan:
        """The plan that holds in a workspace: that of the topmost one."""
        account = await self._accounts.get(await self.account_of(workspace_id))
        return self.plan(account)

    def standing(self, account: BillingAccount | None) -> Standing:
        """How an account stands at this moment."""
        return standing(account, self._terms, self._clock())

    def plan(self, account: BillingAccount | None) -> Plan:
        """The plan that an account has at this moment."""
        return PLANS[self.standing(account).plan]

    async def allow(self, workspace_id: str, limit: Limit, by: int = 1) -> None:
        """Pass if `by` more are within the plan, or raise PlanLimit (or ReadOnly: not paid for).

        Call it in the transaction that adds them: until that ends no other adds to the account,
        so however many do so at once, the limit holds.
        """
        top = await self.account_of(workspace_id)
        account = await self._accounts.get(top)
        if self.standing(account).lapsed:
            raise ReadOnly
        if self.plan(account).limit(limit) is None:
            return
        await self._within(account, top, limit, by)  # who is refused has no need of the turn
        await self._within(await self._accounts.take_turn(top), top, limit, by)

    async def reaches(self, workspace_id: str, limit: Limit, wanted: int) -> None:
        """Pass if the plan goes so far in what is asked for and not kept, or raise PlanLimit."""
        plan = await self.plan_of(workspace_id)
        if not plan.allows(limit, wanted):
            raise PlanLimit(plan, limit, wanted, wanted)

    def counted(self) -> Sequence[Limit]:
        """The limits whose use can be counted."""
        return tuple(self._counts)

    async def used(self, account_id: str, limit: Limit) -> int:
        """How much of a limit an account uses."""
        count = self._counts.get(limit)
        top = await self._workspaces.get(account_id)
        if count is None or top is None:
            return 0
        return await count.count(top, [each.id for each in await self._below(account_id)])

    async def places(self, workspace_id: str) -> list[str]:
        """The ids of all workspaces that share a plan with this one."""
        return [each.id for each in await self._below(await self.account_of(workspace_id))]

    async def _within(
        self, account: BillingAccount | None, top: str, limit: Limit, by: int
    ) -> None:
        plan, used = self.plan(account), await self.used(top, limit)
        if not plan.allows(limit, used + by):
            raise PlanLimit(plan, limit, used, used + by)

    async def _below(self, account_id: str) -> Sequence[Workspace]:
        return await self._workspaces.find({"path": account_id}, sort=[("_id", 1)])


def remedy(better: Plan | None, limit: Limit) -> str:
    """What would allow it, as a sentence."""
    if better is None:
        return "No plan allows more: remove some first."
    most = better.limit(limit)
    amount = "any number of them" if most is None else str(most)
    return f"The {better.name.value} plan allows {amount}; or remove some first."
