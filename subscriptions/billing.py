"""Billing: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs
from schema.types.billing import BillingSubscription
from services.billing_news import CHANGED
from services.events import Delivered
from services.services import Services
from services.viewer import Viewer
from subscriptions.listening import Told, follow

TYPES = frozenset({CHANGED})


@strawberry.type
class BillingSubscriptions:
    """What becomes of a plan."""

    @subscription(
        "What a workspace is subscribed to, each time that it has changed.",
        needs(Permission.BILLING_READ),
    )
    async def subscription_changed(
        self, info: Info, workspace_id: strawberry.ID, after: str | None = None
    ) -> AsyncIterable[BillingSubscription]:
        """Of its topmost workspace."""
        context = info.context
        held = await context.services.billing.subscription(context.viewer, workspace_id)
        return follow(context, f"workspace:{held.account.id}", TYPES, after, changed)


async def changed(
    services: Services, delivered: Delivered, viewers: Sequence[Viewer]
) -> Told[BillingSubscription]:
    """What is subscribed to now, for those who may see it."""
    held, allowed = await services.billing.shown(viewers, delivered.event.subject)
    return BillingSubscription.of(held), allowed
