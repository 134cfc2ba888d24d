"""What models cost: Query and Mutation fields."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import AnalyticsPeriod, Permission, Provider
from schema.fields import field
from schema.permissions import needs
from schema.types.money import MICROS
from schema.types.usage import AiBudget, Usage
from services.clock import utc_now
from services.failures import BadInput
from services.periods import DAYS


def micros(name: str, amount: Decimal | None) -> int | None:
    """Dollars as whole millionths."""
    if amount is None:
        return None
    if not amount.is_finite() or amount * MICROS != int(amount * MICROS):
        raise BadInput(name, "is no exact amount.", "US dollars with up to six decimals.")
    return int(amount * MICROS)


@strawberry.type
class UsageQueries:
    """Reading."""

    @field(
        "What a workspace used of models, by day, model and feature.",
        needs(Permission.WORKSPACE_READ),
    )
    async def usage(
        self, info: Info, period: AnalyticsPeriod, workspace_id: strawberry.ID | None = None
    ) -> Usage:
        """The report."""
        context = info.context
        workspace = await home(context, workspace_id)
        now = utc_now()
        since = now - timedelta(days=DAYS[period])
        return Usage.of(await context.services.usage.usage(context.viewer, workspace, since, now))


@strawberry.type
class UsageMutations:
    """Choosing."""

    @field(
        "Bound what a workspace spends on models in a calendar month, in US dollars; null: by its "
        "plan alone.",
        needs(Permission.WORKSPACE_WRITE),
    )
    async def set_budget(
        self, info: Info, monthly: Decimal | None = None, workspace_id: strawberry.ID | None = None
    ) -> AiBudget:
        """How it stands then."""
        context = info.context
        workspace = await home(context, workspace_id)
        return AiBudget.of(
            await context.services.usage.set_budget(
                context.viewer, workspace, micros("monthly", monthly)
            )
        )

    @field(
        "Choose who runs a workspace's models: OFFLINE keeps its texts on this server; null is "
        "whoever this server uses.",
        needs(Permission.WORKSPACE_WRITE),
    )
    async def set_model_provider(
        self,
        info: Info,
        provider: Provider | None = None,
        workspace_id: strawberry.ID | None = None,
    ) -> AiBudget:
        """How its budget stands."""
        context = info.context
        workspace = await home(context, workspace_id)
        return AiBudget.of(
            await context.services.usage.set_provider(context.viewer, workspace, provider)
        )
