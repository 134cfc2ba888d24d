"""Billing: the plan that a person's own workspace is on."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from schema.enums import PlanName


@strawberry.enum
class SubscriptionStatus(Enum):
    """Where a subscription stands, in Stripe's terms."""

    ACTIVE = "ACTIVE"
    TRIALING = "TRIALING"
    PAST_DUE = "PAST_DUE"
    PAUSED = "PAUSED"
    CANCELED = "CANCELED"
    UNPAID = "UNPAID"
    INCOMPLETE = "INCOMPLETE"


@strawberry.type(description="What can be subscribed to.")
class Plan:
    """A plan."""

    name: PlanName


@strawberry.type(
    description="A subscription that is paid for, or the free plan. "
    "(`Subscription` is the name of the root type.)"
)
class BillingSubscription:
    """What a workspace is subscribed to."""

    plan: Plan
    status: SubscriptionStatus
    current_period_end: datetime | None = None
    cancel_at_period_end: bool = False

    @classmethod
    def free(cls) -> BillingSubscription:
        """The plan of everyone where billing is not configured: it never ends."""
        return cls(plan=Plan(name=PlanName.FREE), status=SubscriptionStatus.ACTIVE)
