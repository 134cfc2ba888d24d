"""Notifications: what a person should hear of, kept until they read it and told at once."""

from __future__ import annotations

from collections.abc import Sequence

from datasources.notifications import Notification, NotificationKind, Notifications
from datasources.pages import Order, Page, Window, page
from services.clock import Clock
from services.events import Events
from services.failures import BadInput, NotFound
from services.ids import NewId
from services.viewer import Viewer

LISTED = Order()
CREATED = "notification.created"
MOST = 100
ACTION = "see notifications"


class NotificationService:
    """Other services tell people with `notify`; people read their own."""

    def __init__(
        self, notifications: Notifications, events: Events, clock: Clock, new_id: NewId
    ) -> None:
        self._notifications = notifications
        self._events = events
        self._clock = clock
        self._new_id = new_id

    async def notify(
        self,
        user_id: str,
        kind: NotificationKind,
        message: str,
        *,
        subject: str,
        workspace_id: str | None = None,
    ) -> Notification:
        """Tell a person, within the transaction of what they are told of.

        `subject` is the id of what, or whom, it is about. The message names no person: it outlives
        their account.
        """
        notification = Notification(
            id=self._new_id("ntf"),
            user_id=user_id,
            kind=kind,
            message=message,
            subject=subject,
            workspace_id=workspace_id,
            created_at=self._clock(),
        )
        await self._notifications.insert(notification)
        await self._events.record(
            CREATED,
            topics=[f"user:{user_id}"],
            subject=notification.id,
            workspace_id=workspace_id,
            data={"kind": kind.value},
        )
        return notification

    async def get(self, viewer: Viewer, id: str) -> Notification:
        """One of the viewer's own."""
        user_id = viewer.person(ACTION)
        found = await self._notifications.get(id)
        if found is None or found.user_id != user_id:
            raise NotFound("notification", id)
        return found

    async def shown(
        self, viewers: Sequence[Viewer], id: str
    ) -> tuple[Notification | None, list[bool]]:
        """A notification, and for each viewer whether `get` would give it."""
        found = await self._notifications.get(id)
        if found is None:
            return None, [False for _ in viewers]
        return found, [each.key is None and each.user_id == found.user_id for each in viewers]

    async def page(self, viewer: Viewer, window: Window, unread: bool) -> Page[Notification]:
        """A slice of the viewer's own, latest first; with `unread` only those not read yet."""
        wanted: dict[str, object] = {"user_id": viewer.person(ACTION)}
        if unread:
            wanted["read_at"] = None
        return await page(self._notifications, wanted, LISTED, window)

    async def unread(self, viewer: Viewer) -> int:
        """How many the viewer has not read."""
        return await self._notifications.unread(viewer.person(ACTION))

    async def read(self, viewer: Viewer, ids: Sequence[str]) -> list[Notification]:
        """Mark as read, all or none; as they are now, in the order asked. Twice is once."""
        user_id = viewer.person(ACTION)
        wanted = list(dict.fromkeys(ids))
        if not 1 <= len(wanted) <= MOST:
            raise BadInput("ids", f"has {len(wanted)} entries.", f"1 to {MOST}")
        await self._own(user_id, wanted)
        await self._notifications.read(user_id, wanted, self._clock())
        return await self._own(user_id, wanted)

    async def _own(self, user_id: str, ids: Sequence[str]) -> list[Notification]:
        found = dict(zip(ids, await self._notifications.get_many(ids), strict=True))
        for id, notification in found.items():
            if notification is None or notification.user_id != user_id:
                raise NotFound("notification", id)
        return [notification for notification in found.values() if notification is not None]
