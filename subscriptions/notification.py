"""Notifications: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

import strawberry

from schema.context import Info
from schema.fields import subscription
from schema.permissions import person
from schema.types.notification import Notification
from services.events import Delivered
from services.notifications import ACTION, CREATED
from services.services import Services
from services.viewer import Viewer
from subscriptions.listening import Told, follow

TYPES = frozenset({CREATED})


@strawberry.type
class NotificationSubscriptions:
    """What a person should hear of."""

    @subscription("Each notification of yours, as it is made.", person())
    async def notifications(
        self, info: Info, after: str | None = None
    ) -> AsyncIterable[Notification]:
        """Your own."""
        context = info.context
        topic = f"user:{context.viewer.person(ACTION)}"
        return follow(context, topic, TYPES, after, notified)


async def notified(
    services: Services, delivered: Delivered, viewers: Sequence[Viewer]
) -> Told[Notification]:
    """The notification, for the person it was made for."""
    found, allowed = await services.notifications.shown(viewers, delivered.event.subject)
    return None if found is None else Notification.of(found), allowed
