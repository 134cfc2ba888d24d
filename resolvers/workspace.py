"""Workspaces: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.workspace import CreateWorkspaceInput, UpdateWorkspaceInput
from schema.permissions import Access, Caller, needs
from schema.types.workspace import Workspace, WorkspaceConnection
from services.cursors import window
from services.workspaces import LISTED


@strawberry.type
class WorkspaceQueries:
    """Reading."""

    @field(
        "One workspace; null where there is none that you can see.",
        needs(Permission.WORKSPACE_READ),
    )
    async def workspace(self, info: Info, id: strawberry.ID) -> Workspace | None:
        """By its id."""
        context = info.context
        return Workspace.of(await context.services.workspaces.get(context.viewer, id))

    @field(
        "All that you belong to, also by a role in a workspace above, the oldest first.",
        needs(Permission.WORKSPACE_READ),
    )
    async def workspaces(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> WorkspaceConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        found = await context.services.workspaces.page(context.viewer, slice)
        return WorkspaceConnection.of(found)


@strawberry.type
class WorkspaceMutations:
    """Writing."""

    @field(
        "Make a workspace that you own. Below another, which you need to run, everyone has "
        "the role that they have there.",
        Access(caller=Caller.PERSON, permission=Permission.WORKSPACE_WRITE),
    )
    async def create_workspace(self, info: Info, input: CreateWorkspaceInput) -> Workspace:
        """The workspace."""
        context = info.context
        return Workspace.of(
            await context.services.workspaces.create(
                context.viewer, input.name, input.parent_id, input.time_zone
            )
        )

    @field(
        "Change the name and settings. CONFLICT, with `currentVersion`, if it was changed "
        "since you read `expectedVersion`.",
        needs(Permission.WORKSPACE_WRITE),
    )
    async def update_workspace(
        self, info: Info, id: strawberry.ID, expected_version: int, input: UpdateWorkspaceInput
    ) -> Workspace:
        """As it is now."""
        context = info.context
        return Workspace.of(
            await context.services.workspaces.update(
                context.viewer, id, expected_version, input.change()
            )
        )

    @field(
        "Delete a workspace with everything in it, for good. Those below it go first, one by "
        "one. A personal one goes with the account.",
        Access(caller=Caller.PERSON, permission=Permission.WORKSPACE_DELETE),
    )
    async def delete_workspace(self, info: Info, id: strawberry.ID) -> bool:
        """Gone."""
        context = info.context
        await context.services.workspace_deletion.delete(context.viewer, id)
        return True
