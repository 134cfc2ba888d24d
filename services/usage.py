"""What a workspace uses of models, and what it allows itself to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from datasources.ai_settings import AiSettingsStore
from datasources.model_calls import ModelCalls, UsageRow
from datasources.models import Provider
from datasources.mongo import Mongo
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.failures import BadInput
from services.model_ledger import ModelLedger
from services.permissions import Permission
from services.viewer import Viewer

MOST_BUDGET = 10**13
"""Ten million dollars a month, in millionths."""


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """A month's budget, in millionths of a US dollar. None: no bound.

    `spent` and `reserved` are the workspace's own, `spent_in_all` is the whole account's, which
    its plan bounds.
    """

    own: int | None
    plan: int | None
    spent: int
    reserved: int
    spent_in_all: int
    provider: Provider | None


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What was used from `starts_at` until `ends_at`, a row a day, model and feature."""

    workspace_id: str
    starts_at: datetime
    ends_at: datetime
    rows: list[UsageRow]


class UsageService:
    """Reads the ledger, and keeps the choices that bound it."""

    def __init__(
        self,
        mongo: Mongo,
        calls: ModelCalls,
        settings: AiSettingsStore,
        ledger: ModelLedger,
        access: Access,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._calls = calls
        self._settings = settings
        self._ledger = ledger
        self._access = access
        self._audit = audit
        self._clock = clock

    async def usage(
        self, viewer: Viewer, workspace_id: str, since: datetime, until: datetime
    ) -> UsageReport:
        """What the workspace used in a span of time."""
        await self._access.check(viewer, Permission.WORKSPACE_READ, workspace_id)
        rows = await self._calls.usage(workspace_id, since, until)
        return UsageReport(workspace_id, since, until, rows)

    async def budget(self, viewer: Viewer, workspace_id: str) -> BudgetStanding:
        """How this month's budget stands."""
        await self._access.check(viewer, Permission.WORKSPACE_READ, workspace_id)
        return await self._standing(workspace_id)

    async def _standing(self, workspace_id: str) -> BudgetStanding:
        limits, budget, now = await self._ledger.standing(workspace_id)
        chosen = await self._settings.get(workspace_id)
        return BudgetStanding(
            own=limits.own,
            plan=limits.plan,
            spent=budget.spent_by(workspace_id) if budget else 0,
            reserved=budget.reserved(now, workspace_id) if budget else 0,
            spent_in_all=budget.spent if budget else 0,
            provider=chosen.provider if chosen else None,
        )

    async def set_budget(
        self, viewer: Viewer, workspace_id: str, monthly: int | None
    ) -> BudgetStanding:
        """Bound what the workspace spends in a month; None: by its plan alone."""
        if monthly is not None and not 0 <= monthly <= MOST_BUDGET:
            raise BadInput("monthly", "is out of range.", "0 to 10,000,000 US dollars.")
        await self._choose(viewer, workspace_id, "budget.set", budget=monthly)
        return await self._standing(workspace_id)

    async def set_provider(
        self, viewer: Viewer, workspace_id: str, provider: Provider | None
    ) -> BudgetStanding:
        """Choose who runs the workspace's models; None: whoever this server uses."""
        value = provider.value if provider else None
        await self._choose(viewer, workspace_id, "models.set", provider=value)
        return await self._standing(workspace_id)

    async def _choose(
        self, viewer: Viewer, workspace_id: str, action: str, **values: object
    ) -> None:
        await self._access.check(viewer, Permission.WORKSPACE_WRITE, workspace_id)

        async def change() -> None:
            await self._settings.set(workspace_id, **values)
            await self._audit.record(viewer, workspace_id, action, workspace_id, **values)

        await self._mongo.transact(change)
