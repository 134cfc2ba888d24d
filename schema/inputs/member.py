"""What is sent to invite someone."""

from __future__ import annotations

import strawberry

from schema.enums import Role


@strawberry.input(description="Someone to invite.")
class InviteMemberInput:
    """The role is at most the inviter's own."""

    workspace_id: strawberry.ID
    email: str
    role: Role
