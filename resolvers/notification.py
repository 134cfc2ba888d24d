"""Notifications: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from schema.context import Info
from schema.fields import field
from schema.permissions import person
from schema.types.notification import Notification, NotificationConnection
from services.cursors import window
from services.notifications import LISTED


@strawberry.type
class NotificationQueries:
    """Reading."""

    @field("What you should hear of, latest first. It is kept for half a year.", person())
    async def notifications(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        unread_only: bool = False,
    ) -> NotificationConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        found = await context.services.notifications.page(context.viewer, slice, unread_only)
        return NotificationConnection.of(found)


@strawberry.type
class NotificationMutations:
    """Writing."""

    @field("Mark up to 100 notifications as read.", person())
    async def mark_notifications_read(
        self, info: Info, ids: list[strawberry.ID]
    ) -> list[Notification]:
        """As they are now, in the order asked."""
        context = info.context
        found = await context.services.notifications.read(context.viewer, ids)
        return [Notification.of(record) for record in found]
