"""A workspace: what content, brands and members belong to."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import workspaces
from datasources.pages import Page
from schema.context import Info
from schema.enums import Permission, Role
from schema.fields import field
from schema.pagination import PageInfo, edges_of
from schema.permissions import needs
from schema.relation import relation
from schema.types.feed_urls import FeedUrls
from schema.types.member import WorkspaceMemberConnection
from schema.types.node import Node
from schema.types.workspace_settings import OwnWorkspaceSettings, WorkspaceSettings
from services.cursors import window
from services.members import LISTED as MEMBERS_LISTED
from services.workspaces import LISTED


@strawberry.type(description="A workspace. Personal ones come with each account.")
class Workspace(Node):
    """The workspace."""

    parent_id: strawberry.Private[str | None]
    record: strawberry.Private[workspaces.Workspace]
    name: str
    personal: bool
    version: int = strawberry.field(
        description="Rises by one with each change; send it as `expectedVersion` with the next."
    )
    read_only: bool = strawberry.field(
        description="Whether nothing in it can be changed: its plan has no place for it, or was "
        "not paid for."
    )
    created_at: datetime
    updated_at: datetime
    parent: Workspace | None = relation(
        "parent_id", "workspaces", "The workspace above, if you may see it."
    )
    settings: WorkspaceSettings = relation(
        "id", "workspace_settings", "What holds here: set here, or else inherited from above."
    )
    viewer_role: Role | None = relation(
        "id", "viewer_roles", "Your role here, given here or in a workspace above."
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
            read_only=record.read_only,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )

    @field("What is set here; null is inherited from above.")
    def own_settings(self) -> OwnWorkspaceSettings:
        """The overrides."""
        return OwnWorkspaceSettings.of(self.record.settings)

    @field("Where what is published to FEED can be read, by anyone.")
    def feed_urls(self, info: Info) -> FeedUrls:
        """The addresses."""
        return FeedUrls.of(info.context.services.feeds.url(self.id))

    @field("The workspaces right below, the oldest first.", needs(Permission.WORKSPACE_READ))
    async def children(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> WorkspaceConnection:
        """A page of workspaces."""
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        context = info.context
        found = await context.services.workspaces.children(context.viewer, self.id, slice)
        return WorkspaceConnection.of(found)

    @field(
        "Everyone with a role here, given here or in a workspace above.",
        needs(Permission.WORKSPACE_READ),
    )
    async def members(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> WorkspaceMemberConnection:
        """A page of members."""
        slice = window(MEMBERS_LISTED, first=first, after=after, last=last, before=before)
        context = info.context
        found = await context.services.members.page(context.viewer, self.id, slice)
        return WorkspaceMemberConnection.of(found)


@strawberry.type
class WorkspaceEdge:
    """A workspace and its place in the list."""

    cursor: str
    node: Workspace


@strawberry.type(description="A page of workspaces.")
class WorkspaceConnection:
    """Relay's connection."""

    edges: list[WorkspaceEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[workspaces.Workspace]) -> WorkspaceConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: WorkspaceEdge(cursor=cursor, node=Workspace.of(record))
        )
        return cls(edges=edges, page_info=info)
