"""Invitations: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.member import InviteMemberInput
from schema.permissions import needs, person
from schema.types.invitation import InvitationConnection, InvitationPayload
from schema.types.workspace import Workspace
from services.cursors import window
from services.invitations import LISTED


@strawberry.type
class InvitationQueries:
    """Reading."""

    @field("A workspace's open invitations, latest first.", needs(Permission.MEMBERS_WRITE))
    async def invitations(
        self,
        info: Info,
        workspace_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> InvitationConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        found = await context.services.invitations.page(context.viewer, workspace_id, slice)
        return InvitationConnection.of(found)


@strawberry.type
class InvitationMutations:
    """Writing."""

    @field(
        "Invite someone by their address, with a role none above your own. An earlier "
        "invitation of that address is replaced. Personal workspaces are not shared.",
        needs(Permission.MEMBERS_WRITE),
    )
    async def invite_member(self, info: Info, input: InviteMemberInput) -> InvitationPayload:
        """The invitation, and its token."""
        context = info.context
        return InvitationPayload.of(
            await context.services.invitations.invite(
                context.viewer, input.workspace_id, input.email, input.role
            )
        )

    @field(
        "Join the workspace that you were invited to. The token is good once, for seven days, "
        "for the address that it was made for, and while its sender may invite.",
        person(),
    )
    async def accept_invitation(self, info: Info, token: str) -> Workspace:
        """The workspace."""
        context = info.context
        return Workspace.of(await context.services.invitation_answers.accept(context.viewer, token))

    @field("Decline an invitation: its token is good no longer.", person())
    async def decline_invitation(self, info: Info, token: str) -> bool:
        """Declined."""
        context = info.context
        await context.services.invitation_answers.decline(context.viewer, token)
        return True

    @field("Take an invitation back: its token is good no longer.", needs(Permission.MEMBERS_WRITE))
    async def revoke_invitation(self, info: Info, id: strawberry.ID) -> bool:
        """Revoked."""
        context = info.context
        await context.services.invitations.revoke(context.viewer, id)
        return True
