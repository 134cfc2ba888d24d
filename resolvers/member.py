"""Members: Mutation fields. They are read from their workspace."""

from __future__ import annotations

import strawberry

from schema.context import Info
from schema.enums import Permission, Role
from schema.fields import field
from schema.permissions import Access, Caller, needs
from schema.types.member import WorkspaceMember


@strawberry.type
class MemberMutations:
    """Writing."""

    @field(
        "Give a member another role, none above your own. LAST_OWNER if nobody would own the "
        "workspace then.",
        needs(Permission.MEMBERS_WRITE),
    )
    async def set_member_role(
        self, info: Info, workspace_id: strawberry.ID, user_id: strawberry.ID, role: Role
    ) -> WorkspaceMember:
        """The member as they are now."""
        context = info.context
        return WorkspaceMember.of(
            await context.services.members.set_role(context.viewer, workspace_id, user_id, role)
        )

    @field(
        "Remove a member who is not above you. It is felt at once. LAST_OWNER if nobody would "
        "own the workspace then.",
        needs(Permission.MEMBERS_WRITE),
    )
    async def remove_member(
        self, info: Info, workspace_id: strawberry.ID, user_id: strawberry.ID
    ) -> bool:
        """Removed."""
        context = info.context
        await context.services.members.remove(context.viewer, workspace_id, user_id)
        return True

    @field(
        "Leave a workspace. LAST_OWNER if nobody would own it then.",
        Access(caller=Caller.PERSON, permission=Permission.WORKSPACE_READ),
    )
    async def leave_workspace(self, info: Info, id: strawberry.ID) -> bool:
        """Left."""
        context = info.context
        await context.services.members.leave(context.viewer, id)
        return True
