"""Billing: Query and Mutation fields."""

from __future__ import annotations

from datetime import datetime

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import BillingInterval, Permission, PlanName
from schema.fields import field
from schema.permissions import anyone, needs
from schema.types.billing import (
    BillingPortalSession,
    BillingSubscription,
    CheckoutSession,
    Entitlements,
    Plan,
    PlanChangePreview,
)
from schema.types.invoice import Invoice, PaymentMethod
from services.plans import PLANS

NOT_SOLD = " BILLING_NOT_CONFIGURED where nothing is sold."


@strawberry.type
class BillingQueries:
    """Reading."""

    @field("The plans there are, the smallest first.", anyone())
    async def plans(self) -> list[Plan]:
        """As data."""
        return [Plan.of(plan) for plan in PLANS.values()]

    @field("What a workspace may do, and how much of it is used.", needs(Permission.WORKSPACE_READ))
    async def entitlements(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> Entitlements:
        """Of the account that the workspace belongs to."""
        context = info.context
        workspace = await home(context, workspace_id)
        return Entitlements.of(
            await context.services.billing.entitlements(context.viewer, workspace)
        )

    @field("What a workspace is subscribed to.", needs(Permission.BILLING_READ))
    async def billing_subscription(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> BillingSubscription:
        """Of its topmost workspace."""
        context = info.context
        workspace = await home(context, workspace_id)
        return BillingSubscription.of(
            await context.services.billing.subscription(context.viewer, workspace)
        )

    @field(
        "A workspace's invoices, the latest first; `after` is the id of the last that you have."
        + NOT_SOLD,
        needs(Permission.BILLING_READ),
        cost=20,
    )
    async def invoices(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> list[Invoice]:
        """As Stripe has them."""
        context = info.context
        workspace = await home(context, workspace_id)
        found = await context.services.billing.invoices(context.viewer, workspace, first, after)
        return [Invoice.of(each) for each in found]

    @field("How a workspace pays." + NOT_SOLD, needs(Permission.BILLING_READ), cost=20)
    async def payment_methods(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> list[PaymentMethod]:
        """As Stripe has them."""
        context = info.context
        workspace = await home(context, workspace_id)
        found = await context.services.billing.payment_methods(context.viewer, workspace)
        return [PaymentMethod.of(each) for each in found]

    @field(
        "What changing the plan would cost this moment, or `atPeriodEnd`: then it is the first "
        "invoice of the new plan. Nothing changes. NOT_SUBSCRIBED where there is nothing to "
        "change." + NOT_SOLD,
        needs(Permission.BILLING_WRITE),
        cost=20,
    )
    async def plan_change_preview(
        self,
        info: Info,
        plan: PlanName,
        interval: BillingInterval,
        workspace_id: strawberry.ID | None = None,
        at_period_end: bool = False,
    ) -> PlanChangePreview:
        """The invoice it would make."""
        context = info.context
        workspace = await home(context, workspace_id)
        return PlanChangePreview.of(
            await context.services.plan_changes.quote(
                context.viewer, workspace, plan, interval, at_period_end=at_period_end
            )
        )


@strawberry.type
class BillingMutations:
    """Buying, changing, ending."""

    @field(
        "Buy a plan: send the buyer to the url. ALREADY_SUBSCRIBED where there is one to change."
        + NOT_SOLD,
        needs(Permission.BILLING_WRITE),
    )
    async def create_checkout_session(
        self,
        info: Info,
        plan: PlanName,
        interval: BillingInterval,
        workspace_id: strawberry.ID | None = None,
        currency: str | None = None,
        coupon: str | None = None,
    ) -> CheckoutSession:
        """A page at Stripe."""
        context = info.context
        workspace = await home(context, workspace_id)
        url = await context.services.purchases.checkout(
            context.viewer, workspace, plan, interval, currency, coupon
        )
        return CheckoutSession(url=url)

    @field(
        "Look after cards, addresses and invoices: send the customer to the url." + NOT_SOLD,
        needs(Permission.BILLING_WRITE),
    )
    async def create_billing_portal_session(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> BillingPortalSession:
        """A page at Stripe."""
        context = info.context
        workspace = await home(context, workspace_id)
        url = await context.services.purchases.portal(context.viewer, workspace)
        return BillingPortalSession(url=url)

    @field(
        "Change the plan at once; the difference is charged, or credited. `quotedAt` is that of a "
        "`planChangePreview`. PAYMENT_FAILED, and nothing is changed, where the bank does not pay. "
        "`atPeriodEnd`: keep what is paid for until then, and see `scheduledChange`; to choose "
        "the plan that there is takes that back." + NOT_SOLD,
        needs(Permission.BILLING_WRITE),
    )
    async def change_plan(
        self,
        info: Info,
        plan: PlanName,
        interval: BillingInterval,
        workspace_id: strawberry.ID | None = None,
        quoted_at: datetime | None = None,
        at_period_end: bool = False,
    ) -> BillingSubscription:
        """As it is now."""
        context = info.context
        viewer, changes = context.viewer, context.services.plan_changes
        workspace = await home(context, workspace_id)
        if at_period_end:
            return BillingSubscription.of(await changes.plan(viewer, workspace, plan, interval))
        return BillingSubscription.of(
            await changes.change(viewer, workspace, plan, interval, quoted_at)
        )

    @field(
        "End the plan with the period that is paid for, or `atOnce`. Nothing is ever deleted."
        + NOT_SOLD,
        needs(Permission.BILLING_WRITE),
    )
    async def cancel_subscription(
        self, info: Info, workspace_id: strawberry.ID | None = None, at_once: bool = False
    ) -> BillingSubscription:
        """As it is now."""
        context = info.context
        workspace = await home(context, workspace_id)
        return BillingSubscription.of(
            await context.services.purchases.cancel(context.viewer, workspace, at_once=at_once)
        )

    @field(
        "Go on after all with a plan that was to end or to change, or was paused." + NOT_SOLD,
        needs(Permission.BILLING_WRITE),
    )
    async def resume_subscription(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> BillingSubscription:
        """As it is now."""
        context = info.context
        workspace = await home(context, workspace_id)
        return BillingSubscription.of(
            await context.services.purchases.resume(context.viewer, workspace)
        )
