"""Members of a workspace, as the graph shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from datasources.pages import Page
from schema.enums import Role
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.types.user import User
from services import members

if TYPE_CHECKING:
    from schema.types.workspace import Workspace


@strawberry.type(description="A person in a workspace, with the highest role they have there.")
class WorkspaceMember:
    """The member. An inherited role was given in a workspace above, and is changed there."""

    user_id: strawberry.Private[str]
    source_id: strawberry.Private[str | None]
    role: Role
    since: datetime
    inherited: bool = strawberry.field(
        description="Whether the role was given in a workspace above, and can be changed there."
    )
    user: User | None = relation("user_id", "users")
    inherited_from: Annotated[Workspace, strawberry.lazy("schema.types.workspace")] | None = (
        relation("source_id", "workspaces", "The workspace above, if you may see it.")
    )

    @classmethod
    def of(cls, member: members.Member) -> WorkspaceMember:
        """From what the service found."""
        return cls(
            user_id=member.id,
            source_id=member.workspace_id if member.inherited else None,
            role=member.role,
            since=member.since,
            inherited=member.inherited,
        )


@strawberry.type
class WorkspaceMemberEdge:
    """A member and their place in the list."""

    cursor: str
    node: WorkspaceMember


@strawberry.type(description="A page of members.")
class WorkspaceMemberConnection:
    """Relay's connection."""

    edges: list[WorkspaceMemberEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[members.Member]) -> WorkspaceMemberConnection:
        """From a page of members."""
        edges, info = edges_of(
            page,
            lambda cursor, member: WorkspaceMemberEdge(
                cursor=cursor, node=WorkspaceMember.of(member)
            ),
        )
        return cls(edges=edges, page_info=info)
