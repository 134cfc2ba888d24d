"""A workspace: what content, brands and members belong to."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import workspaces
from schema.relation import relation
from schema.types.node import Node


@strawberry.type(description="A workspace. Personal ones come with each account.")
class Workspace(Node):
    """The workspace."""

    parent_id: strawberry.Private[str | None]
    record: strawberry.Private[workspaces.Workspace]
    name: str
    personal: bool
    version: int
    created_at: datetime
    updated_at: datetime
    parent: Workspace | None = relation(
        "parent_id", "workspaces", "The workspace above, if you may see it."
    )

    @classmethod
    def of(cls, record: workspaces.Workspace) -> Workspace:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            parent_id=record.parent_id,
            record=record,
            name=record.name,
            personal=record.personal,
            version=record.version,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )
