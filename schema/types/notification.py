"""Notifications, as the person they are for sees them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import notifications
from datasources.pages import Page
from schema.context import Info
from schema.enums import NotificationKind
from schema.fields import field
from schema.pagination import PageInfo, edges_of
from schema.permissions import person
from schema.relation import relation
from schema.types.workspace import Workspace


@strawberry.type(description="Something that you should hear of.")
class Notification:
    """The notification."""

    workspace_id: strawberry.Private[str | None]
    id: strawberry.ID
    kind: NotificationKind
    message: str
    subject_id: strawberry.ID = strawberry.field(
        description="The id of what it is about: `node` fetches it, if it is a node."
    )
    created_at: datetime
    read_at: datetime | None
    workspace: Workspace | None = relation(
        "workspace_id", "workspaces", "Where it happened, if you may see it."
    )

    @classmethod
    def of(cls, record: notifications.Notification) -> Notification:
        """From its record."""
        return cls(
            workspace_id=record.workspace_id,
            id=strawberry.ID(record.id),
            kind=record.kind,
            message=record.message,
            subject_id=strawberry.ID(record.subject),
            created_at=record.created_at,
            read_at=record.read_at,
        )


@strawberry.type
class NotificationEdge:
    """A notification and its place in the list."""

    cursor: str
    node: Notification


@strawberry.type(description="A page of notifications.")
class NotificationConnection:
    """Relay's connection."""

    edges: list[NotificationEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[notifications.Notification]) -> NotificationConnection:
        """From a page of records."""
        edges, info = edges_of(
            page,
            lambda cursor, record: NotificationEdge(cursor=cursor, node=Notification.of(record)),
        )
        return cls(edges=edges, page_info=info)

    @field("How many you have not read, on all pages.", person())
    async def unread_count(self, info: Info) -> int:
        """The number."""
        return await info.context.services.notifications.unread(info.context.viewer)
