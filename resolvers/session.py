"""Sessions: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.account import welcome
from schema.context import Info
from schema.fields import field
from schema.permissions import anyone, person
from schema.types.session import AuthPayload, Session
from services.cookies import refresh_token_of
from services.failures import Unauthenticated


@strawberry.type
class SessionQueries:
    """Reading."""

    @field("Where you are signed in, the latest used first.", person())
    async def sessions(self, info: Info) -> list[Session]:
        """The viewer's sessions."""
        context = info.context
        found = await context.services.sessions.of(context.viewer)
        return [Session.of(session, context.viewer) for session in found]


@strawberry.type
class SessionMutations:
    """Writing."""

    @field(
        "Get new tokens for a refresh token, which is spent by it; from the cookie where none "
        "is sent. One that was spent before ends its session.",
        anyone(),
    )
    async def refresh_session(self, info: Info, refresh_token: str | None = None) -> AuthPayload:
        """The next tokens."""
        context = info.context
        token = refresh_token or refresh_token_of(context.cookies)
        if token is None:
            raise Unauthenticated("Send a refresh token, or sign in.")
        return welcome(context, await context.services.accounts.refresh(token))

    @field("Sign out: the session that asks ends, and so do its sockets.", anyone())
    async def logout(self, info: Info) -> bool:
        """Out."""
        context = info.context
        await context.services.sessions.close(context.viewer, refresh_token_of(context.cookies))
        context.set_cookies += context.services.cookies.signed_out()
        return True

    @field("End one of your sessions, at once.", person())
    async def revoke_session(self, info: Info, id: strawberry.ID) -> bool:
        """Ended."""
        context = info.context
        await context.services.sessions.revoke(context.viewer, id)
        return True
