"""How an account stands at a moment: which plan it has, and whether it is behind with paying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.billing import BillingAccount, Bought, SubscriptionStatus
from datasources.plan_names import PlanName

PAID_FOR = (SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING)
LIVING = (*PAID_FOR, SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID)

UNDECIDED = (
    "needs_response",
    "under_review",
    "warning_needs_response",
    "warning_under_review",
)
"""States of a dispute while no bank has decided."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`default` is the plan of those that bought none; `grace` is how long a payment may fail."""

    default: PlanName = PlanName.FREE
    grace: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """`grace_ends_at` is set while a payment is owed. `lapsed`: it was owed for too long."""

    plan: PlanName
    status: SubscriptionStatus
    grace_ends_at: datetime | None = None
    lapsed: bool = False


def standing(account: BillingAccount | None, terms: Terms, now: datetime) -> Standing:
    """How the account stands.

    Whoever pays, or may still pay, has what they bought; whoever lapsed has it to look at. What
    was paused, has ended, or was never paid for leaves the default plan.
    """
    bought = account.bought if account else None
    if bought is None:
        return Standing(terms.default, SubscriptionStatus.ACTIVE)
    if bought.status in PAID_FOR:
        return Standing(bought.plan, bought.status)
    if bought.status not in LIVING:
        return Standing(terms.default, bought.status)
    ends = (bought.past_due_since or bought.current_period_end) + terms.grace
    lapsed = bought.status is SubscriptionStatus.UNPAID or now >= ends
    return Standing(bought.plan, bought.status, ends, lapsed)


def is_disputed(account: BillingAccount | None) -> bool:
    """Whether a cardholder wants money back, and no bank has decided yet."""
    return any(each in UNDECIDED for each in (account.disputes.values() if account else ()))


def subscribed(account: BillingAccount | None) -> Bought | None:
    """What is subscribed to and has not ended, if anything is."""
    ended = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE)
    bought = account.bought if account else None
    return None if bought is None or bought.status in ended else bought
