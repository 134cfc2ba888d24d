"""The audit log of a workspace, as those who run it see it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import audit
from datasources.pages import Page
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.scalars import JSON
from schema.types.user import User


@strawberry.type(description="Something that was done in a workspace.")
class AuditEntry:
    """The entry. `details` depend on the action."""

    actor_id: strawberry.Private[str | None]
    id: strawberry.ID
    action: str = strawberry.field(description="What was done, as `content.updated`.")
    subject_id: strawberry.ID = strawberry.field(description="The id of what it was done to.")
    api_key_id: strawberry.ID | None = strawberry.field(
        description="The API key that did it; the actor is who made the key."
    )
    details: JSON
    at: datetime
    actor: User | None = relation(
        "actor_id", "users", "Who did it; null once that account was deleted."
    )

    @classmethod
    def of(cls, record: audit.AuditEntry) -> AuditEntry:
        """From its record."""
        key = record.api_key_id
        return cls(
            actor_id=record.actor_id,
            id=strawberry.ID(record.id),
            action=record.action,
            subject_id=strawberry.ID(record.subject),
            api_key_id=None if key is None else strawberry.ID(key),
            details=JSON(record.details),
            at=record.at,
        )


@strawberry.type
class AuditEdge:
    """An entry and its place in the list."""

    cursor: str
    node: AuditEntry


@strawberry.type(description="A page of the audit log.")
class AuditConnection:
    """Relay's connection."""

    edges: list[AuditEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[audit.AuditEntry]) -> AuditConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: AuditEdge(cursor=cursor, node=AuditEntry.of(record))
        )
        return cls(edges=edges, page_info=info)
