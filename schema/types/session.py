"""A session, and what a device is given when one is opened or refreshed."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import sessions
from schema.types.user import User
from services.accounts import SignedIn
from services.viewer import Viewer


@strawberry.type(description="Someone signed in on one device.")
class Session:
    """The session. Its id is not a node's: only its owner ever names it."""

    id: strawberry.ID
    agent: str = strawberry.field(description="What the device calls itself.")
    address: str = strawberry.field(description="The address that it signed in from.")
    current: bool = strawberry.field(description="Whether it is the one that asks.")
    created_at: datetime
    last_used_at: datetime = strawberry.field(description="When it was opened or last refreshed.")
    expires_at: datetime = strawberry.field(description="When it ends, unless it is refreshed.")

    @classmethod
    def of(cls, record: sessions.Session, viewer: Viewer) -> Session:
        """From its record, as this viewer sees it."""
        return cls(
            id=strawberry.ID(record.id),
            agent=record.agent,
            address=record.address,
            current=record.id == viewer.session_id,
            created_at=record.created_at,
            last_used_at=record.rotated_at,
            expires_at=record.expires_at,
        )


@strawberry.type(description="What a device needs to act as someone.")
class AuthPayload:
    """Both tokens. Browsers are given them as cookies, too, that no script can read."""

    access_token: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`, or as `authorization` in the first "
        "message of a socket."
    )
    refresh_token: str = strawberry.field(
        description="Good for one `refreshSession`, which gives the next one. Keep it safe."
    )
    expires_at: datetime = strawberry.field(description="When the access token ends.")
    user: User

    @classmethod
    def of(cls, signed_in: SignedIn) -> AuthPayload:
        """From what the service grants."""
        return cls(
            access_token=signed_in.grant.access_token,
            refresh_token=signed_in.grant.refresh_token,
            expires_at=signed_in.grant.expires_at,
            user=User.of(signed_in.user),
        )
