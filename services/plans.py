"""The plans as data: what each allows. Prices are Stripe's to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from datasources.plan_names import PlanName


class Limit(StrEnum):
    """What a plan limits, counted over a topmost workspace and all below it.

    AI_BUDGET is in US cents a calendar month, REQUESTS are those a minute, HISTORY is the days
    that figures go back.
    """

    WORKSPACES = "WORKSPACES"
    MEMBERS = "MEMBERS"
    BRANDS = "BRANDS"
    CONNECTIONS = "CONNECTIONS"
    SCHEDULED_POSTS = "SCHEDULED_POSTS"
    AI_BUDGET = "AI_BUDGET"
    REQUESTS = "REQUESTS"
    HISTORY = "HISTORY"


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan. A limit of None is none at all. `priority`: its jobs go before those of others."""

    name: PlanName
    limits: Mapping[Limit, int | None]
    priority: bool = False

    def limit(self, limit: Limit) -> int | None:
        """How much of that the plan allows, in the unit of the limit; None: as much as one likes.

        `plan.limit(Limit.AI_BUDGET)` is money: US cents a calendar month.
        """
        return self.limits[limit]

    def allows(self, limit: Limit, wanted: int) -> bool:
        """Whether so much of it is within the plan."""
        most = self.limits[limit]
        return most is None or wanted <= most


COLUMNS: Mapping[Limit, tuple[int | None, int | None, int | None, int | None]] = {
    Limit.WORKSPACES: (3, 5, 15, None),
    Limit.MEMBERS: (3, 5, 25, None),
    Limit.BRANDS: (1, 3, 15, None),
    Limit.CONNECTIONS: (3, 10, 50, None),
    Limit.SCHEDULED_POSTS: (10, 100, 1_000, None),
    Limit.AI_BUDGET: (100, 1_000, 5_000, 25_000),
    Limit.REQUESTS: (100, 300, 1_000, 3_000),
    Limit.HISTORY: (90, 365, 1_095, None),
}
"""What FREE, CREATOR, PRO and AGENCY allow."""

PLANS: Mapping[PlanName, Plan] = MappingProxyType(
    {
        name: Plan(
            name,
            MappingProxyType({limit: row[place] for limit, row in COLUMNS.items()}),
            priority=name in (PlanName.PRO, PlanName.AGENCY),
        )
        for place, name in enumerate(PlanName)
    }
)


def enough(limit: Limit, wanted: int) -> Plan | None:
    """The smallest plan that allows so much; None where none does."""
    return next((plan for plan in PLANS.values() if plan.allows(limit, wanted)), None)
