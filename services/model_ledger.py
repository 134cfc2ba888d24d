"""The ledger: what each call of a model cost, and budgets that no call can overdraw."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from datasources.ai_settings import AiSettingsStore
from datasources.budgets import Budget, Budgets, Reservation
from datasources.model_calls import ModelCall, ModelCalls
from datasources.models import ModelId, Tokens
from datasources.mongo import Mongo
from datasources.prices import Price
from services.budget_warnings import BudgetWarnings
from services.clock import Clock
from services.failures import Failure
from services.ids import NewId
from services.model_purpose import Purpose
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


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a workspace: its account's plan, and what it chose itself. None: nothing."""

    account_id: str
    plan: int | None
    own: int | None

    @property
    def smallest(self) -> int | None:
        """The lower of both."""
        return min((each for each in (self.plan, self.own) if each is not None), default=None)


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount that is held for one call. `reservation` None: the call costs nothing."""

    id: str
    purpose: Purpose
    model: ModelId
    price: Price
    limits: Limits
    month: str
    reservation: Reservation | None


class ModelLedger:
    """Holds an estimate before each call and counts what it came to after."""

    def __init__(
        self,
        mongo: Mongo,
        calls: ModelCalls,
        budgets: Budgets,
        settings: AiSettingsStore,
        prices: Prices,
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
        self._allowance = allowance
        self._charge = charge
        self._warnings = warnings
        self._clock = clock
        self._new_id = new_id
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def limits(self, workspace_id: str) -> Limits:
        """What bounds a workspace this month."""
        (account_id, plan), chosen = await asyncio.gather(
            self._allowance(workspace_id), self._settings.get(workspace_id)
        )
        return Limits(account_id, plan, chosen.budget if chosen else None)

    async def hold(self, purpose: Purpose, model: ModelId, most: Tokens) -> Hold:
        """Hold what a call costs that takes at most so many tokens. Raises `BudgetExceeded`."""
        price, now = self._prices.of(model), self._clock()
        limits = await self.limits(purpose.workspace_id)
        month = f"{limits.account_id}:{now:%Y-%m}"
        id, amount = self._new_id("cal"), price.of(most)
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

    async def settle(
        self,
        hold: Hold,
        tokens: Tokens,
        code: str | None = None,
        besides: Callable[[], Awaitable[object]] | None = None,
    ) -> ModelCall:
        """Write down what a call took, let go of the rest, and keep what is `besides`, in one."""
        cost, purpose = hold.price.of(tokens), hold.purpose
        call = ModelCall(
            id=hold.id,
            workspace_id=purpose.workspace_id,
            account_id=hold.limits.account_id,
            user_id=purpose.user_id,
            job_id=purpose.job_id,
            feature=purpose.feature,
            provider=hold.model.provider,
            model=hold.model.name,
            tokens=tokens,
            price=hold.price,
            cost=cost,
            code=code,
            at=self._clock(),
        )

        async def change() -> None:
            if hold.reservation is not None:
                budget = await self._budgets.settle(
                    hold.month, hold.reservation, cost, self._clock()
                )
                if budget is not None:
                    await self._warnings.look(budget, purpose.workspace_id, hold.limits)
            if cost or code is None:
                await self._calls.insert(call)
            if cost:
                await self._charge(call)
            if besides is not None:
                await besides()

        if hold.reservation is None:
            await self._mongo.transact(change)
            return call
        # Those of one process take turns, where they would collide and start again.
        async with self._turns.setdefault(hold.month, asyncio.Lock()):
            await self._mongo.transact(change)
        return call

    async def release(self, hold: Hold) -> None:
        """Let go of what was held for a call that took nothing."""
        if hold.reservation is not None:
            await self._budgets.settle(hold.month, hold.reservation, 0, self._clock())

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
