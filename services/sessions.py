"""Sessions: opened by signing in, kept alive by refreshing, ended at once.

Why tokens rotate as they do is in docs/decisions/sessions-and-tokens.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from datasources.sessions import IssuedToken, Session
from datasources.sessions import Sessions as Records
from services.clock import Clock
from services.endings import Endings
from services.failures import NotFound, Unauthenticated
from services.ids import NewId
from services.reuse import ReuseAlarm
from services.throttle import RateLimited
from services.tokens import AccessToken, RefreshToken, Tokens, digest, same
from services.viewer import Viewer

ENDED = "This session has ended. Sign in again."
REUSED = "This refresh token was used before, so its session was ended. Sign in again."
MOST_LIVE = 60
MOST_SESSIONS = 50


@dataclass(frozen=True, slots=True)
class Client:
    """The device that signs in: its address as the edge knows it, and what it calls itself."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a device is given: both tokens and their ends. Its repr shows neither."""

    user_id: str
    session_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    refresh_expires_at: datetime


class Sessions:
    """Opens, refreshes, lists and ends sessions.

    A session ends by itself `lifetime` after it was last refreshed. Within `grace` of a refresh
    the token that was spent by it may be presented once more.
    """

    def __init__(
        self,
        records: Records,
        endings: Endings,
        tokens: Tokens,
        alarm: ReuseAlarm,
        *,
        clock: Clock,
        new_id: NewId,
        lifetime: timedelta = timedelta(days=30),
        grace: timedelta = timedelta(seconds=10),
    ) -> None:
        self._records = records
        self._endings = endings
        self._tokens = tokens
        self._alarm = alarm
        self._clock = clock
        self._new_id = new_id
        self.lifetime = lifetime
        self._grace = grace

    async def open(self, user_id: str, client: Client) -> Grant:
        """A new session. Joins the transaction that is open around it."""
        now = self._clock()
        id = self._new_id("ses")
        first = self._tokens.first_refresh(id)
        access = self._tokens.access(user_id, id)
        session = Session(
            id=id,
            user_id=user_id,
            family_hash=digest(first.family),
            token_hash=digest(first.text),
            issued=[issued(access)],
            address=client.address,
            agent="".join(filter(str.isprintable, client.agent))[:256],
            created_at=now,
            rotated_at=now,
            expires_at=now + self.lifetime,
        )
        await self._records.insert(session)
        return grant(session, access, first.text)

    async def refresh(self, presented: str) -> Grant:
        """New tokens for a refresh token, which is spent by it.

        `Unauthenticated` where it is not, or no longer, good. One that was spent before ends
        the session, except within the grace for two tabs that refresh at the same moment.
        """
        token = RefreshToken.parse(presented)
        session = await self._records.get(token.session_id) if token else None
        if token is None or session is None or not self._issued_to(session, token):
            raise Unauthenticated(ENDED)
        self._check_pace(session)
        access = self._tokens.access(session.user_id, session.id)
        successor = self._tokens.next_refresh(token)[0]
        turned = await self._records.rotate(
            session.id,
            presented=digest(presented),
            successor=digest(successor),
            token=issued(access),
            now=self._clock(),
            expires_at=self._clock() + self.lifetime,
        )
        if turned is not None:
            return grant(turned, access, successor)
        return await self._again(token, access)

    async def of(self, viewer: Viewer) -> list[Session]:
        """The viewer's own sessions, the latest used first."""
        found = await self._records.of_user(viewer.person("see sessions"))
        now = self._clock()
        return [one for one in found if one.revoked_at is None and one.expires_at > now]

    async def revoke(self, viewer: Viewer, id: str) -> None:
        """End one of the viewer's sessions, and all that it had issued."""
        user_id = viewer.person("end sessions")
        session = await self._records.get(id)
        if session is None or session.user_id != user_id:
            raise NotFound("session", id)
        await self._endings.end([id])

    async def close(self, viewer: Viewer, refresh_token: str | None = None) -> None:
        """End the session that the viewer, or the refresh token, belongs to, if there is one."""
        ids = set()
        if viewer.session_id is not None:
            ids.add(viewer.session_id)
        token = RefreshToken.parse(refresh_token) if refresh_token else None
        session = await self._records.get(token.session_id) if token else None
        if token and session and self._issued_to(session, token):
            ids.add(session.id)
        await self._endings.end(sorted(ids))

    async def close_oldest(self, user_id: str) -> None:
        """End those sessions of a person that are more than one may have, the least used first."""
        found = await self._records.of_user(user_id)
        await self._endings.end([one.id for one in found[MOST_SESSIONS:]])

    async def close_others(self, viewer: Viewer) -> None:
        """End all of the viewer's sessions but the one that asks."""
        found = await self._records.of_user(viewer.person("end sessions"))
        await self._endings.end([one.id for one in found if one.id != viewer.session_id])

    async def close_all(self, user_id: str) -> None:
        """End all sessions of a person."""
        await self._endings.end([one.id for one in await self._records.of_user(user_id)])

    async def finish(self) -> int:
        """End what an engine's failure left half ended; how many. The worker calls it."""
        return await self._endings.finish()

    async def _again(self, token: RefreshToken, access: AccessToken) -> Grant:
        """A token that is not the good one: one of two tabs, or a thief or a victim of one."""
        session = await self._records.get(token.session_id)
        if session is None or session.revoked_at is not None:
            raise Unauthenticated(ENDED)
        just_now = self._clock() - session.rotated_at <= self._grace
        if just_now and session.previous_hash == digest(token.text):
            return await self._same_again(session, token, access)
        await self._alarm.ring(session)
        await self._endings.end([session.id])
        raise Unauthenticated(REUSED)

    async def _same_again(
        self, session: Session, token: RefreshToken, access: AccessToken
    ) -> Grant:
        for successor in self._tokens.next_refresh(token):
            if not same(digest(successor), session.token_hash):
                continue
            noted = await self._records.issue(session.id, session.token_hash, issued(access))
            if noted is not None:
                return grant(noted, access, successor)
        raise Unauthenticated(ENDED)

    def _issued_to(self, session: Session, token: RefreshToken) -> bool:
        """Whether the session is good, and the token one that it was given at some time."""
        good = session.revoked_at is None and session.expires_at > self._clock()
        return good and same(digest(token.family), session.family_hash)

    def _check_pace(self, session: Session) -> None:
        now = self._clock()
        live = [token for token in session.issued if token.expires_at > now]
        if len(live) >= MOST_LIVE:
            wait = min(token.expires_at for token in live) - now
            raise RateLimited("refresh this session", wait.total_seconds())


def issued(access: AccessToken) -> IssuedToken:
    """What the session's record keeps of an access token."""
    return IssuedToken(id=access.claims.token_id, expires_at=access.claims.expires_at)


def grant(session: Session, access: AccessToken, refresh_token: str) -> Grant:
    """What the device is given."""
    return Grant(
        user_id=session.user_id,
        session_id=session.id,
        access_token=access.text,
        refresh_token=refresh_token,
        expires_at=access.claims.expires_at,
        refresh_expires_at=session.expires_at,
    )
