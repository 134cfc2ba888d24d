"""Billing: plans, what a workspace is subscribed to, what that allows, invoices and cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import strawberry

from datasources.billing import Planned
from schema.context import Info
from schema.enums import BillingInterval, Limit, PlanName, SubscriptionStatus
from schema.fields import field
from services import plans
from services.billing import Held
from services.plan_changes import Quote
from services.plans import PLANS


@strawberry.type(description="How much of something a plan allows.")
class PlanAllowance:
    """One limit of a plan."""

    name: Limit
    limit: int | None = strawberry.field(description="Null: as much as one likes.")


@strawberry.type(description="What a plan costs.")
class PlanPrice:
    """One price of a plan."""

    interval: BillingInterval
    currency: str = strawberry.field(description="As `usd`.")
    amount: int = strawberry.field(description="In the currency's smallest unit, as cents.")


@strawberry.type(description="What can be subscribed to.")
class Plan:
    """A plan."""

    name: PlanName
    priority: bool = strawberry.field(description="Whether its jobs go before those of others.")
    limits: list[PlanAllowance]

    @classmethod
    def of(cls, plan: plans.Plan) -> Plan:
        """From the data."""
        allowed = [PlanAllowance(name=name, limit=most) for name, most in plan.limits.items()]
        return cls(name=plan.name, priority=plan.priority, limits=allowed)

    @field("What it costs, by interval and currency; empty where it is not for sale.")
    async def prices(self, info: Info) -> list[PlanPrice]:
        """As Stripe has it."""
        return [
            PlanPrice(interval=price.interval, currency=currency, amount=amount)
            for price in await info.context.services.billing.prices()
            if price.plan is self.name
            for currency, amount in sorted(price.amounts.items())
        ]


@strawberry.type(description="Things that the plan has no place for: read-only until resolved.")
class PlanExcess:
    """The excess of one limit."""

    name: Limit
    ids: list[strawberry.ID] = strawberry.field(
        description="Workspaces, people, brands or what else the limit counts, those that came "
        "last."
    )

    @classmethod
    def every(cls, excess: Mapping[str, Sequence[str]]) -> list[PlanExcess]:
        """From the account's."""
        return [
            cls(name=Limit(name), ids=[strawberry.ID(id) for id in ids])
            for name, ids in excess.items()
        ]


@strawberry.type(description="What a subscription changes to when its period ends.")
class ScheduledPlanChange:
    """The change."""

    plan: Plan
    interval: BillingInterval
    at: datetime

    @classmethod
    def of(cls, planned: Planned | None) -> ScheduledPlanChange | None:
        """From its record; None where there is none."""
        if planned is None:
            return None
        return cls(plan=Plan.of(PLANS[planned.plan]), interval=planned.interval, at=planned.at)


@strawberry.type(
    description="A subscription that is paid for, or the free plan. "
    "(`Subscription` is the name of the root type.)"
)
class BillingSubscription:
    """What a workspace is subscribed to."""

    plan: Plan = strawberry.field(description="The plan that holds at this moment.")
    status: SubscriptionStatus
    interval: BillingInterval | None = None
    current_period_end: datetime | None = None
    cancel_at_period_end: bool = False
    scheduled_change: ScheduledPlanChange | None = None
    trial_ends_at: datetime | None = None
    grace_ends_at: datetime | None = strawberry.field(
        default=None, description="When everything becomes read-only, unless what is owed is paid."
    )
    disputed: bool = strawberry.field(
        default=False, description="Whether a payment is disputed, and no bank has decided yet."
    )
    to_resolve: list[PlanExcess] = strawberry.field(
        description="What is read-only since the plan became smaller: upgrade, or remove as many."
    )

    @classmethod
    def of(cls, held: Held) -> BillingSubscription:
        """From the account and how it stands."""
        bought = held.account.bought
        plan, status = Plan.of(PLANS[held.standing.plan]), held.standing.status
        excess = PlanExcess.every(held.account.excess)
        if bought is None:
            return cls(plan=plan, status=status, disputed=held.disputed, to_resolve=excess)
        return cls(
            plan=plan,
            status=status,
            interval=bought.interval,
            current_period_end=bought.current_period_end,
            cancel_at_period_end=bought.cancel_at_period_end,
            scheduled_change=ScheduledPlanChange.of(bought.planned),
            trial_ends_at=bought.trial_end,
            grace_ends_at=held.standing.grace_ends_at,
            disputed=held.disputed,
            to_resolve=excess,
        )


@strawberry.type(description="A limit of the plan, and how much of it is used.")
class EntitlementLimit:
    """One limit."""

    name: Limit
    used: int | None = strawberry.field(description="Null where it is not counted here.")
    limit: int | None = strawberry.field(description="Null: as much as one likes.")


@strawberry.type(description="What a workspace may do, counted with all that share its plan.")
class Entitlements:
    """The entitlements of an account."""

    held: strawberry.Private[Held]
    plan: Plan
    read_only: bool = strawberry.field(
        description="Whether everything is read-only, since the plan was not paid for."
    )
    grace_ends_at: datetime | None = strawberry.field(
        description="When everything becomes read-only, unless what is owed is paid."
    )

    @classmethod
    def of(cls, held: Held) -> Entitlements:
        """From the account and how it stands."""
        standing = held.standing
        plan = Plan.of(PLANS[standing.plan])
        return cls(
            held=held,
            plan=plan,
            read_only=standing.lapsed,
            grace_ends_at=standing.grace_ends_at,
        )

    @field("Each limit of the plan.", cost=5)
    async def limits(self, info: Info) -> list[EntitlementLimit]:
        """Counted now."""
        used = await info.context.services.billing.used(self.held.account.id)
        return [
            EntitlementLimit(name=each.name, used=used.get(each.name), limit=each.limit)
            for each in self.plan.limits
        ]

    @field(
        "What is read-only since the plan became smaller: upgrade, or remove as many. Null for "
        "those who lack BILLING_READ in the topmost workspace."
    )
    async def to_resolve(self, info: Info) -> list[PlanExcess] | None:
        """For those who see how the plan is paid for."""
        context = info.context
        found = await context.services.billing.to_resolve(context.viewer, self.held.account)
        return None if found is None else PlanExcess.every(found)


@strawberry.type(description="A page at Stripe where a plan is bought.")
class CheckoutSession:
    """Where to send the buyer."""

    url: str


@strawberry.type(description="A page at Stripe for cards, addresses and invoices.")
class BillingPortalSession:
    """Where to send the customer."""

    url: str


@strawberry.type(description="What changing the plan would cost. Amounts are in smallest units.")
class PlanChangePreview:
    """The invoice that a change would make."""

    total: int = strawberry.field(description="Less than nothing is credited to what comes next.")
    amount_due: int = strawberry.field(description="What would be charged at `effectiveAt`.")
    currency: str
    effective_at: datetime = strawberry.field(description="When the plan would be another.")
    quoted_at: datetime = strawberry.field(
        description="Send it with `changePlan`, within an hour, to have these very figures."
    )

    @classmethod
    def of(cls, quote: Quote) -> PlanChangePreview:
        """From the invoice."""
        invoice = quote.invoice
        return cls(
            total=invoice.total,
            amount_due=invoice.amount_due,
            currency=invoice.currency,
            effective_at=quote.effective_at,
            quoted_at=quote.at,
        )
