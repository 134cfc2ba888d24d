"""The cookies of single-page apps: values of Set-Cookie, and nothing else of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.clock import Clock
from services.sessions import Grant

SESSION_COOKIE = "brandgraph_session"
REFRESH_COOKIE = "brandgraph_refresh"
REFRESH_PATH = "/graphql"


@dataclass(frozen=True, slots=True)
class Cookies:
    """Writes them. `secure` keeps them off connections without TLS.

    No script can read them. The access token's is Lax, so that someone who comes back from
    another site is still signed in; the refresh token's is Strict and goes to GraphQL alone.
    """

    secure: bool
    clock: Clock

    def signed_in(self, grant: Grant) -> list[str]:
        """The Set-Cookie values for new tokens."""
        session = self._left(grant.expires_at)
        refresh = self._left(grant.refresh_expires_at)
        return [
            self._cookie(SESSION_COOKIE, grant.access_token, session, "/", "Lax"),
            self._cookie(REFRESH_COOKIE, grant.refresh_token, refresh, REFRESH_PATH, "Strict"),
        ]

    def signed_out(self) -> list[str]:
        """The Set-Cookie values that remove both."""
        return [
            self._cookie(SESSION_COOKIE, "", 0, "/", "Lax"),
            self._cookie(REFRESH_COOKIE, "", 0, REFRESH_PATH, "Strict"),
        ]

    def _left(self, end: datetime) -> int:
        return max(0, int((end - self.clock()).total_seconds()))

    def _cookie(self, name: str, value: str, seconds: int, path: str, same_site: str) -> str:
        flags = f"HttpOnly; Max-Age={seconds}; Path={path}; SameSite={same_site}"
        return f"{name}={value}; {flags}" + ("; Secure" if self.secure else "")


def refresh_token_of(cookies: Mapping[str, str]) -> str | None:
    """The refresh token that a browser sent along, if it did."""
    return cookies.get(REFRESH_COOKIE) or None
