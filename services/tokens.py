"""Tokens: signed ones for access, which say who and until when, and opaque ones to go on."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt

from services.clock import Clock
from services.failures import Unauthenticated
from services.ids import NewId

ALGORITHM = "HS256"
CLAIMS = ["sub", "sid", "jti", "iat", "exp", "iss", "aud"]
LEAST_SECRET = 32
KNOWN = 4096
KID = re.compile(r"^[A-Za-z0-9_.-]{1,64}$")
REFRESH = re.compile(r"^bgr_(ses_[0-9A-HJKMNP-TV-Z]{26})_([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{43})$")


class Keys:
    """The signing keys: every one verifies, the first signs. Nothing here shows a secret."""

    def __init__(self, secrets: dict[str, str]) -> None:
        if not secrets:
            raise ValueError("At least one signing key is needed, as in `2026a:` and a secret.")
        for kid, secret in secrets.items():
            if not KID.match(kid):
                raise ValueError("A signing key's name has letters, digits, `.`, `_` and `-`.")
            if len(secret.encode()) < LEAST_SECRET:
                raise ValueError(f"The signing key {kid} is shorter than {LEAST_SECRET} bytes.")
        self._secrets = {kid: secret.encode() for kid, secret in secrets.items()}
        self.current = next(iter(secrets))

    @classmethod
    def parse(cls, text: str) -> Keys:
        """From `kid:secret,kid2:secret2`; ValueError in one sentence where that is not it."""
        found: dict[str, str] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            kid, colon, secret = part.partition(":")
            if not colon:
                raise ValueError("A signing key is written as a name, a colon and a secret.")
            if kid in found:
                raise ValueError(f"The signing key {kid} is there twice.")
            found[kid] = secret
        return cls(found)

    def secret(self, kid: object) -> bytes | None:
        """The secret of that name, if there is one."""
        return self._secrets.get(kid) if isinstance(kid, str) else None

    def derive(self, purpose: str, message: str) -> list[bytes]:
        """32 bytes that only a holder of a key can make, by each key, the current one first."""
        said = f"{purpose}:{message}".encode()
        return [hmac.digest(secret, said, "sha256") for secret in self._secrets.values()]

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._secrets)})"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good access token says."""

    user_id: str
    session_id: str
    token_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed access token and what it says."""

    text: str = field(repr=False)
    claims: Claims


class Tokens:
    """Makes and reads access tokens. `lifetime` is how long one is good."""

    def __init__(
        self,
        keys: Keys,
        clock: Clock,
        new_id: NewId,
        *,
        issuer: str = "brandgraph",
        audience: str = "brandgraph",
        lifetime: timedelta = timedelta(minutes=15),
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._new_id = new_id
        self._issuer = issuer
        self._audience = audience
        self.lifetime = lifetime
        # A token is sent again and again: its signature is checked once, its end every time.
        self._known = lru_cache(KNOWN)(self._verified)

    def access(self, user_id: str, session_id: str) -> AccessToken:
        """A new access token."""
        issued = int(self._clock().timestamp())
        expires = issued + int(self.lifetime.total_seconds())
        claims = {
            "sub": user_id,
            "sid": session_id,
            "jti": self._new_id("tok"),
            "iat": issued,
            "exp": expires,
            "iss": self._issuer,
            "aud": self._audience,
        }
        kid = self._keys.current
        secret = self._keys.secret(kid) or b""
        text = jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": kid})
        return AccessToken(text, said(claims))

    def read(self, text: str) -> Claims:
        """What the token says; `Unauthenticated` unless it is ours, whole and not past its end."""
        try:
            claims = self._known(text)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
            raise Unauthenticated(NOT_GOOD) from None
        if claims.expires_at <= self._clock():
            raise Unauthenticated("The access token has expired. Refresh the session.")
        return claims

    def _verified(self, text: str) -> Claims:
        secret = self._keys.secret(jwt.get_unverified_header(text).get("kid"))
        if secret is None:
            raise ValueError("unknown key")
        return said(
            jwt.decode(
                text,
                secret,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                options={"require": CLAIMS, "verify_exp": False, "verify_iat": False},
            )
        )

    def first_refresh(self, session_id: str) -> RefreshToken:
        """The first refresh token of a session."""
        family, turn = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        return RefreshToken(session_id, family, f"bgr_{session_id}_{family}{turn}")

    def next_refresh(self, refresh: RefreshToken) -> list[str]:
        """The one token that follows this one, by each key, the current one first.

        It is derived and not drawn, so that two tabs which present the same token at the same
        moment are given the same successor, and nobody has to keep it in the clear.
        """
        start = f"bgr_{refresh.session_id}_{refresh.family}"
        return [start + encoded(turn) for turn in self._keys.derive("refresh", refresh.text)]


NOT_GOOD = "The access token is not, or no longer, good. Sign in again."


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token, taken apart: `family` is in all tokens of a session, the rest in one."""

    session_id: str
    family: str = field(repr=False)
    text: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> RefreshToken | None:
        """The token in this text, None where it is not in the form of one."""
        found = REFRESH.fullmatch(text)
        return cls(found[1], found[2], text) if found else None


def said(claims: dict[str, Any]) -> Claims:
    """The claims, each of its type; ValueError or KeyError where one is not."""
    user, session, token, expires = (claims[name] for name in ("sub", "sid", "jti", "exp"))
    named = all(isinstance(name, str) and name for name in (user, session, token))
    timed = all(type(time) is int for time in (claims["iat"], expires))
    if not named or not timed:
        raise ValueError("a claim is not of its type")
    return Claims(user, session, token, datetime.fromtimestamp(expires, UTC))


def digest(secret: str) -> str:
    """How a random secret is stored: sha256, in hex. It is too long to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two hashes are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)


def encoded(value: bytes) -> str:
    """Bytes as they are written in tokens."""
    return urlsafe_b64encode(value).decode().rstrip("=")
