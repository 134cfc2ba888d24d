"""Who is asking: a person with a session, an API key, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.failures import Forbidden, Unauthenticated
from services.permissions import Permission


@dataclass(frozen=True, slots=True)
class KeyGrant:
    """What an API key may do: its scopes, in one workspace and those below it."""

    id: str
    workspace_id: str
    scopes: frozenset[Permission]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of one request or socket. For an API key, `user_id` is who made the key."""

    user_id: str | None = None
    session_id: str | None = None
    token_id: str | None = None
    expires_at: datetime | None = None
    key: KeyGrant | None = None

    @property
    def signed_in(self) -> bool:
        """Whether this is a known person or key."""
        return self.user_id is not None

    def id(self) -> str:
        """The user's id, `Unauthenticated` where nobody is signed in."""
        if self.user_id is None:
            raise Unauthenticated
        return self.user_id

    def person(self, action: str) -> str:
        """The user's id, refused for API keys: an account belongs to a person."""
        if self.key is not None:
            raise Forbidden(action, "a person's session, not an API key")
        return self.id()


ANONYMOUS = Viewer()
