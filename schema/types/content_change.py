"""A change to a workspace's content, as a subscriber is told of it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from datasources import content as records
from datasources.outbox import Event
from schema.types.content import Content


@strawberry.enum(description="What happened to a piece.")
class ContentChangeKind(Enum):
    """The kinds of change. CHANGED: its status did, on its way to a platform."""

    CREATED = "content.created"
    UPDATED = "content.updated"
    CHANGED = "content.changed"
    PUBLISHED = "content.published"
    ARCHIVED = "content.archived"
    RESTORED = "content.restored"
    DELETED = "content.deleted"


@strawberry.type(description="A change to a piece. `content` is null once it is deleted.")
class ContentChange:
    """The change, and the piece as it is now."""

    kind: ContentChangeKind
    content_id: strawberry.ID
    content: Content | None
    at: datetime

    @classmethod
    def of(cls, event: Event, found: records.Content | None) -> ContentChange:
        """From the event and what was read since."""
        return cls(
            kind=ContentChangeKind(event.type),
            content_id=strawberry.ID(event.subject),
            content=None if found is None else Content.of(found),
            at=event.at,
        )
