"""Who is asking: from a Bearer token, an API key, a socket's first message, or a cookie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasources.revocations import Revocations
from services.api_keys import ApiKeys
from services.cookies import SESSION_COOKIE
from services.failures import Unauthenticated
from services.tokens import NOT_GOOD, Claims, Tokens
from services.viewer import ANONYMOUS, Viewer

SCHEME = "bearer"
KEY = "bgk_"


class Authentication:
    """Turns credentials into a viewer.

    A header that is there must be good: `Unauthenticated` else. A cookie that is not good any
    more makes an anonymous viewer, since a browser sends it along when someone signs in again.
    `Unavailable` where the engines can't tell: nobody is let in on a guess.
    """

    def __init__(self, tokens: Tokens, revocations: Revocations, api_keys: ApiKeys) -> None:
        self._tokens = tokens
        self._revocations = revocations
        self._api_keys = api_keys

    async def viewer(
        self,
        authorization: str | None,
        cookies: Mapping[str, str],
        connection_params: Mapping[str, Any] | None = None,
    ) -> Viewer:
        """The viewer of a request or socket; the header first, then the params, then the cookie."""
        said = authorization if authorization is not None else named(connection_params)
        if said is not None:
            return await self.bearer(credential(said))
        cookie = cookies.get(SESSION_COOKIE)
        if not cookie:
            return ANONYMOUS
        try:
            return await self._session(cookie)
        except Unauthenticated:
            return ANONYMOUS

    def presumed(self, authorization: str | None, cookies: Mapping[str, str]) -> Viewer | None:
        """Who it is, unless the token was revoked: that is yet to be asked.

        None where only `viewer` can tell. `Unauthenticated` for a token that is not good anyway.
        """
        if authorization is None:
            return None if cookies.get(SESSION_COOKIE) else ANONYMOUS
        token = credential(authorization)
        return None if token.startswith(KEY) else viewer_of(self._tokens.read(token))

    async def bearer(self, token: str) -> Viewer:
        """The viewer of an access token or an API key."""
        if token.startswith(KEY):
            return await self._api_keys.viewer(token)
        return await self._session(token)

    async def ended(self, viewer: Viewer) -> bool:
        """Whether the token or key of one who was let in has been revoked since."""
        if viewer.key is not None:
            return await self._api_keys.ended(viewer.key.id)
        return viewer.token_id is not None and await self._revocations.revoked(viewer.token_id)

    async def _session(self, token: str) -> Viewer:
        claims = self._tokens.read(token)
        if await self._revocations.revoked(claims.token_id):
            raise Unauthenticated(NOT_GOOD)
        return viewer_of(claims)


def viewer_of(claims: Claims) -> Viewer:
    """Whom a token's claims name."""
    return Viewer(
        user_id=claims.user_id,
        session_id=claims.session_id,
        token_id=claims.token_id,
        expires_at=claims.expires_at,
    )


def named(params: Mapping[str, Any] | None) -> str | None:
    """The credential in a socket's first message: `authorization`, in any case, None if none."""
    for name, value in (params or {}).items():
        if name.casefold() == "authorization" and value is not None:
            return value if isinstance(value, str) else ""
    return None


def credential(authorization: str) -> str:
    """The token behind `Bearer`."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.casefold() != SCHEME or not token.strip():
        raise Unauthenticated("Send `Bearer`, a space, and an access token or an API key.")
    return token.strip()
