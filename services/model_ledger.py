"""The ledger: what each call of a model cost, and budgets that no call can overdraw."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from datasources.ai_settings import AiSettingsStore
from datasources.budgets import Budget, Budgets, Reservation
from datasources.model_calls import ModelCall, ModelCalls
from datasources.models import ModelId, Provider, Tokens
from datasources.mongo import Mongo
from services.budget_warnings import BudgetWarnings
from services.clock import Clock
from services.failures import Failure
from services.ids import NewId
from services.model_purpose import Purpose
from services.model_tab import Hold, Limits, Tab, Used
from services.prices import Prices

HELD_FOR = timedelta(minutes=10)
"""Longer than any call may take: what is held longer belonged to a worker that is gone."""

Allowance = Callable[[str], Awaitable[tuple[str, int | None]]]
"""The account (topmost workspace) of a workspace, and what its plan grants it a month: millionths
of a US dollar, None for any amount."""


Charge = Callable[[ModelCall], Awaitable[None]]
"""Hears, within the transaction that settles it, of each call that cost something."""


class BudgetExceeded(Failure):
    """What is left this month does not suffice for the call, which was not made."""

    code = "BUDGET_EXCEEDED"

    def __init__(self, limit: int, used: int) -> None:
        super().__init__(
            f"The month's budget for AI is ${limit / 1e6:.2f}, and ${used / 1e6:.2f} of it is "
            "used. Raise it with setBudget, change the plan, or choose the offline models.",
            limitMicros=limit,
            usedMicros=used,
        )


class ModelLedger:
    """Holds an estimate before each call and counts what it came to after."""

    def __init__(
        self,
        mongo: Mongo,
        calls: ModelCalls,
        budgets: Budgets,
        settings: AiSettingsStore,
        prices: Prices,
        account_of: Callable[[str], Awaitable[str]],
        allowance: Allowance,
        charge: Charge,
        warnings: BudgetWarnings,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._calls = calls
        self._budgets = budgets
        self._settings = settings
        self._prices = prices
        self._account_of = account_of
        self._allowance = allowance
        self._charge = charge
        self._warnings = warnings
        self._clock = clock
        self._new_id = new_id
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def limits(self, workspace_id: str) -> Limits:
        """What bounds a workspace this month."""
        return (await self._open(workspace_id)).limits

    @asynccontextmanager
    async def tab(self, purpose: Purpose) -> AsyncIterator[Purpose]:
        """The purpose with a tab for its calls; what is left on it is settled at the end."""
        tab = await self._open(purpose.workspace_id)
        try:
            yield replace(purpose, tab=tab)
        finally:
            if left := tab.close():
                await asyncio.shield(self.settle_all(left))

    async def _open(self, workspace_id: str) -> Tab:
        (account_id, plan), chosen = await asyncio.gather(
            self._allowance(workspace_id), self._settings.get(workspace_id)
        )
        offline = chosen is not None and chosen.provider is Provider.OFFLINE
        return Tab(Limits(account_id, plan, chosen.budget if chosen else None), offline)

    async def hold(self, purpose: Purpose, model: ModelId, most: Tokens) -> Hold:
        """Hold what a call costs that takes at most so many tokens. Raises `BudgetExceeded`."""
        price, now = self._prices.of(model), self._clock()
        id, amount = self._new_id("cal"), price.of(most)
        limits = await self._limits(purpose, amount)
        month = f"{limits.account_id}:{now:%Y-%m}"
        if not amount:
            return Hold(id, purpose, model, price, limits, month, None)
        reservation = Reservation(
            id=id, workspace_id=purpose.workspace_id, amount=amount, expires_at=now + HELD_FOR
        )
        budget = await self._budgets.reserve(
            month,
            limits.account_id,
            reservation,
            limit=limits.plan,
            own_limit=limits.own,
            now=now,
        )
        if budget is None:
            raise await self._exceeded(month, limits, purpose.workspace_id)
        return Hold(id, purpose, model, price, limits, month, reservation)

    async def _limits(self, purpose: Purpose, amount: int) -> Limits:
        """What bounds a call; one that costs nothing is bounded by nothing, and nobody looks."""
        if purpose.tab is not None:
            return purpose.tab.limits
        if amount:
            return await self.limits(purpose.workspace_id)
        return Limits(await self._account_of(purpose.workspace_id), None, None)

    async def settle(
        self,
        hold: Hold,
        tokens: Tokens,
        code: str | None = None,
        besides: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Write down what a call took, let go of the rest, and keep what is `besides`, in one."""
        await self.settle_all([Used(hold, tokens, code, besides)])

    async def settle_all(self, used: Sequence[Used]) -> None:
        """The same of several calls of one workspace: in one transaction, if of one month."""
        for month in dict.fromkeys(each.hold.month for each in used):
            await self._settle(month, [each for each in used if each.hold.month == month])

    async def _settle(self, month: str, used: Sequence[Used]) -> None:
        now = self._clock()
        calls = [call_of(each, now) for each in used]
        held = [each.hold.reservation for each in used if each.hold.reservation is not None]

        async def change() -> None:
            if held:
                await self._count(month, used[0].hold, held, sum(call.cost for call in calls))
            await self._calls.insert_many(call for call in calls if call.cost or call.code is None)
            for call in calls:
                if call.cost:
                    await self._charge(call)
            for each in used:
                if each.keep is not None:
                    await each.keep()

        if not held:  # nothing is charged, so nothing has to be whole
            await change()
            return
        # Those of one process take turns, where they would collide and start again.
        async with self._turns.setdefault(month, asyncio.Lock()):
            await self._mongo.transact(change)

    async def _count(self, month: str, hold: Hold, held: Sequence[Reservation], cost: int) -> None:
        home = hold.purpose.workspace_id
        budget = await self._budgets.settle(month, home, held, cost, self._clock())
        if budget is not None:
            await self._warnings.look(budget, home, hold.limits)

    async def release(self, hold: Hold) -> None:
        """Let go of what was held for a call that took nothing."""
        if hold.reservation is not None:
            home, held = hold.purpose.workspace_id, [hold.reservation]
            await self._budgets.settle(hold.month, home, held, 0, self._clock())

    async def cost_of_job(self, job_id: str) -> int:
        """What a job has cost so far, in millionths of a dollar."""
        return await self._calls.cost_of_job(job_id)

    async def standing(self, workspace_id: str) -> tuple[Limits, Budget | None, datetime]:
        """What bounds a workspace, and its account's budget of this month, as of now."""
        limits, now = await self.limits(workspace_id), self._clock()
        return limits, await self._budgets.get(f"{limits.account_id}:{now:%Y-%m}"), now

    async def _exceeded(self, month: str, limits: Limits, workspace_id: str) -> BudgetExceeded:
        budget = await self._budgets.get(month)
        spent = budget.spent if budget else 0
        own = budget.spent_by(workspace_id) if budget else 0
        if limits.own is not None and (limits.plan is None or limits.own < limits.plan):
            return BudgetExceeded(limits.own, own)
        return BudgetExceeded(limits.plan or 0, spent)


def call_of(used: Used, at: datetime) -> ModelCall:
    """The entry of a call."""
    hold, purpose = used.hold, used.hold.purpose
    return ModelCall(
        id=hold.id,
        workspace_id=purpose.workspace_id,
        account_id=hold.limits.account_id,
        user_id=purpose.user_id,
        job_id=purpose.job_id,
        feature=purpose.feature,
        provider=hold.model.provider,
        model=hold.model.name,
        tokens=used.tokens,
        price=hold.price,
        cost=hold.price.of(used.tokens),
        code=used.code,
        at=at,
    )
