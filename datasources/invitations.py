"""Invitations: who was asked into a workspace, and has not answered yet."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.memberships import Role


class Invitation(Record, frozen=True, kw_only=True):
    """An open invitation, one a workspace and address; answered, it is gone.

    `email_key` is the normalised address that it is bound to, `email` as it was written. Of the
    token only a hash is kept. `invited_by` is None once that account was erased.
    """

    workspace_id: str
    email: str
    email_key: str
    role: Role
    token_hash: str
    invited_by: str | None
    created_at: datetime
    expires_at: datetime


class Invitations(Collection[Invitation]):
    """All open invitations. The database drops those that have expired, in its own time."""

    name = "invitations"
    record = Invitation
    indexes = (
        IndexModel([("token_hash", ASCENDING)], name="token", unique=True),
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel(
            [("email_key", ASCENDING), ("workspace_id", ASCENDING)], name="of_address", unique=True
        ),
        IndexModel([("invited_by", ASCENDING)], name="of_inviter"),
        IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
    )

    async def by_token(self, token_hash: str) -> Invitation | None:
        """The invitation with that token, which may have expired."""
        return await self.find_one({"token_hash": token_hash})

    async def for_address(self, workspace_id: str, email_key: str) -> Invitation | None:
        """The invitation of that address into that workspace, which may have expired."""
        return await self.find_one({"email_key": email_key, "workspace_id": workspace_id})
