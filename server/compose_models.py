"""The part of the composition that is about models and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from server.metrics import Metrics
from server.settings import Settings
from services.access import Access
from services.audit import Audit
from services.budget_warnings import BudgetWarnings
from services.clock import Clock
from services.credits import Credits
from services.entitlements import Entitlements
from services.ids import NewId
from services.model_ledger import ModelLedger
from services.model_memory import ModelMemory
from services.models import ModelChoice, Models
from services.notifications import NotificationService
from services.plans import Limit
from services.prices import Prices
from services.usage import UsageService

MICROS_IN_A_CENT = 10_000


@dataclass(frozen=True, slots=True)
class Paid:
    """Models, and the ledger that every call of them goes through."""

    models: Models
    ledger: ModelLedger
    usage: UsageService


def paid_of(
    settings: Settings,
    mongo: Mongo,
    stores: Stores,
    access: Access,
    audit: Audit,
    entitlements: Entitlements,
    credits: Credits,
    notifications: NotificationService,
    metrics: Metrics,
    choice: ModelChoice,
    *,
    clock: Clock,
    new_id: NewId,
) -> Paid:
    """Wire them together."""

    async def allowance(workspace_id: str) -> tuple[str, int | None]:
        account = await entitlements.account_of(workspace_id)
        plan = entitlements.plan(await stores.billing_accounts.get(account))
        cents = plan.limit(Limit.AI_BUDGET)
        return account, None if cents is None else cents * MICROS_IN_A_CENT

    ledger = ModelLedger(
        mongo,
        stores.model_calls,
        stores.budgets,
        stores.ai_settings,
        Prices(settings.model_prices),
        entitlements.account_of,
        allowance,
        credits.charge,
        BudgetWarnings(stores.budgets, stores.memberships, notifications),
        clock,
        new_id,
    )
    memory = ModelMemory(stores.model_answers, stores.kept_vectors, clock, metrics.remembered.add)
    usage = UsageService(
        mongo, stores.model_calls, stores.ai_settings, ledger, access, audit, clock
    )
    return Paid(Models(choice, ledger, memory, stores.ai_settings), ledger, usage)
