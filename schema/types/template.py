"""Templates, as the graph shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import templates
from datasources.pages import Page
from schema.enums import ContentType, Platform
from schema.fields import field
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.types.node import Node
from schema.types.user import User
from schema.types.workspace import Workspace
from services.template_text import variables


@strawberry.type(description="A text with gaps, written `{{name}}`, that content is made from.")
class Template(Node):
    """The template."""

    workspace_id: strawberry.Private[str]
    creator_id: strawberry.Private[str | None]
    name: str
    type: ContentType
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    version: int = strawberry.field(
        description="Rises by one with each change; send it as `expectedVersion` with the next."
    )
    created_at: datetime
    updated_at: datetime
    workspace: Workspace | None = relation(
        "workspace_id", "workspaces", "Where it is; null where you may not see that."
    )
    created_by: User | None = relation(
        "creator_id", "users", "Who made it; null once that account was deleted."
    )

    @classmethod
    def of(cls, record: templates.Template) -> Template:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            workspace_id=record.workspace_id,
            creator_id=record.created_by,
            name=record.name,
            type=record.type,
            title=record.title,
            body=record.body,
            platforms=record.platforms,
            tags=record.tags,
            version=record.version,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )

    @field("The names of its gaps, in the order of first use: each needs a value.")
    def variables(self) -> list[str]:
        """From its title and body."""
        return variables([self.title or "", self.body])


@strawberry.type
class TemplateEdge:
    """A template and its place in the list."""

    cursor: str
    node: Template


@strawberry.type(description="A page of templates.")
class TemplateConnection:
    """Relay's connection."""

    edges: list[TemplateEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[templates.Template]) -> TemplateConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: TemplateEdge(cursor=cursor, node=Template.of(record))
        )
        return cls(edges=edges, page_info=info)
