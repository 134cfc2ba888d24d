"""Who runs a workspace is told when four fifths of its month's budget are spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasources.budgets import Budget, Budgets
from datasources.memberships import Memberships, Role
from datasources.notifications import NotificationKind
from services.notifications import NotificationService

if TYPE_CHECKING:
    from services.model_tab import Limits

SHARE = 80
"""Percent of the budget."""


class BudgetWarnings:
    """Tells owners and admins, once a month and workspace."""

    def __init__(
        self, budgets: Budgets, memberships: Memberships, notifications: NotificationService
    ) -> None:
        self._budgets = budgets
        self._memberships = memberships
        self._notifications = notifications

    async def look(self, budget: Budget, workspace_id: str, limits: Limits) -> None:
        """Within the transaction that spent something: tell of it where it is time."""
        if workspace_id in budget.warned or not near(budget, workspace_id, limits):
            return
        if await self._budgets.warn(budget.id, workspace_id):
            for user_id in await self._people(workspace_id, limits.account_id):
                await self._notifications.notify(
                    user_id,
                    NotificationKind.BUDGET_NEARLY_SPENT,
                    f"{SHARE}% of this month's AI budget is spent.",
                    subject=workspace_id,
                    workspace_id=workspace_id,
                )

    async def _people(self, *workspace_ids: str) -> list[str]:
        wanted = {
            "workspace_id": {"$in": list(workspace_ids)},
            "role": {"$in": [Role.ADMIN, Role.OWNER]},
        }
        found = await self._memberships.find(wanted)
        return list(dict.fromkeys(membership.user_id for membership in found))


def near(budget: Budget, workspace_id: str, limits: Limits) -> bool:
    """Whether the account, or the workspace itself, has spent its share."""
    pairs = ((budget.spent, limits.plan), (budget.spent_by(workspace_id), limits.own))
    return any(limit is not None and spent * 100 >= limit * SHARE for spent, limit in pairs)
