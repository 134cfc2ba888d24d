"""What a workspace uses of models, as the graph shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

import strawberry

from datasources.model_calls import UsageRow
from schema.context import Info
from schema.enums import Permission, Provider
from schema.fields import field
from schema.permissions import needs
from schema.types.money import Money
from services.usage import BudgetStanding, UsageReport


@strawberry.type(description="A month's budget for models (a calendar month, UTC).")
class AiBudget:
    """The budget."""

    monthly: Money | None = strawberry.field(
        description="The least of the workspace's own and its plan's; null: no bound."
    )
    own: Money | None = strawberry.field(description="What the workspace allows itself.")
    plan: Money | None = strawberry.field(
        description="What the plan grants the topmost workspace with all below it."
    )
    spent: Money = strawberry.field(description="What this workspace has spent this month.")
    reserved: Money = strawberry.field(description="What is held for calls that run just now.")
    spent_in_all: Money = strawberry.field(description="What all that share the plan have spent.")
    provider: Provider | None = strawberry.field(
        description="Who runs its models; null: whoever this server uses."
    )

    @classmethod
    def of(cls, standing: BudgetStanding) -> AiBudget:
        """From the service's figures."""
        bounds = [each for each in (standing.own, standing.plan) if each is not None]
        return cls(
            monthly=Money.maybe(min(bounds, default=None)),
            own=Money.maybe(standing.own),
            plan=Money.maybe(standing.plan),
            spent=Money.of(standing.spent),
            reserved=Money.of(standing.reserved),
            spent_in_all=Money.of(standing.spent_in_all),
            provider=standing.provider,
        )


@strawberry.type(description="Calls of models: how many, what they took, what they cost.")
class UsageSum:
    """A sum. `key` says of what: a day, a model or a feature."""

    key: str
    calls: int
    tokens_read: int
    tokens_written: int
    cost: Money

    @classmethod
    def of(cls, key: str, rows: Iterable[UsageRow]) -> UsageSum:
        """The sum of rows."""
        kept = list(rows)
        return cls(
            key=key,
            calls=sum(row.calls for row in kept),
            tokens_read=sum(row.read for row in kept),
            tokens_written=sum(row.written for row in kept),
            cost=Money.of(sum(row.cost for row in kept)),
        )


def by(rows: list[UsageRow], key: Callable[[UsageRow], str]) -> list[UsageSum]:
    """A sum for each value of the key, in the order of first use."""
    groups: dict[str, list[UsageRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [UsageSum.of(name, found) for name, found in groups.items()]


@strawberry.type(description="What a workspace used of models in a period.")
class Usage:
    """The report."""

    workspace_id: strawberry.Private[str]
    starts_at: datetime
    ends_at: datetime
    total: UsageSum
    days: list[UsageSum] = strawberry.field(description="By day (UTC), oldest first.")
    models: list[UsageSum]
    features: list[UsageSum]

    @classmethod
    def of(cls, report: UsageReport) -> Usage:
        """From the service's report."""
        return cls(
            workspace_id=report.workspace_id,
            starts_at=report.starts_at,
            ends_at=report.ends_at,
            total=UsageSum.of("total", report.rows),
            days=by(report.rows, lambda row: str(date.fromisoformat(row.day))),
            models=by(report.rows, lambda row: row.model),
            features=by(report.rows, lambda row: row.feature),
        )

    @field("How this month's budget stands.", needs(Permission.WORKSPACE_READ))
    async def budget(self, info: Info) -> AiBudget:
        """The budget."""
        context = info.context
        found = await context.services.usage.budget(context.viewer, self.workspace_id)
        return AiBudget.of(found)
