"""Notifications: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from schema.context import Info
from schema.fields import subscription
from schema.permissions import person
from schema.types.notification import Notification
from services.events import Delivered
from services.notifications import ACTION, CREATED
from subscriptions.listening import listen


@strawberry.type
class NotificationSubscriptions:
    """What a person should hear of."""

    @subscription("Each notification of yours, as it is made.", person())
    async def notifications(
        self, info: Info, after: str | None = None
    ) -> AsyncGenerator[Notification, None]:
        """Your own."""
        context = info.context
        topic = f"user:{context.viewer.person(ACTION)}"

        async def load(delivered: Delivered) -> Notification:
            subject = delivered.event.subject
            return Notification.of(
                await context.services.notifications.get(context.viewer, subject)
            )

        async for notification in listen(context, topic, frozenset({CREATED}), after, load):
            yield notification
