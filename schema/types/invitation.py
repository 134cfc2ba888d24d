"""Invitations, as those who run a workspace see them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import invitations
from datasources.pages import Page
from schema.enums import Role
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.types.user import User
from schema.types.workspace import Workspace
from services.invitations import NewInvitation


@strawberry.type(description="An open invitation: answered, revoked or expired, it is gone.")
class Invitation:
    """The invitation. It is good for whoever signs in with that address."""

    workspace_id: strawberry.Private[str]
    inviter_id: strawberry.Private[str | None]
    id: strawberry.ID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime
    workspace: Workspace | None = relation(
        "workspace_id", "workspaces", "Where to; null where you may not see it."
    )
    invited_by: User | None = relation(
        "inviter_id", "users", "Who invited; null once that account was deleted."
    )

    @classmethod
    def of(cls, record: invitations.Invitation) -> Invitation:
        """From its record."""
        return cls(
            workspace_id=record.workspace_id,
            inviter_id=record.invited_by,
            id=strawberry.ID(record.id),
            email=record.email,
            role=record.role,
            created_at=record.created_at,
            expires_at=record.expires_at,
        )


@strawberry.type(description="An invitation that was just made.")
class InvitationPayload:
    """What `inviteMember` answers."""

    invitation: Invitation
    token: str = strawberry.field(
        description="Send it to the person: it accepts or declines. It is shown this once."
    )

    @classmethod
    def of(cls, made: NewInvitation) -> InvitationPayload:
        """From what the service made."""
        return cls(invitation=Invitation.of(made.invitation), token=made.token)


@strawberry.type
class InvitationEdge:
    """An invitation and its place in the list."""

    cursor: str
    node: Invitation


@strawberry.type(description="A page of invitations.")
class InvitationConnection:
    """Relay's connection."""

    edges: list[InvitationEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[invitations.Invitation]) -> InvitationConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: InvitationEdge(cursor=cursor, node=Invitation.of(record))
        )
        return cls(edges=edges, page_info=info)
