"""API keys: made by a person for a program, bound to one workspace and to scopes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from datasources.api_keys import ApiKey
from datasources.api_keys import ApiKeys as Records
from datasources.mongo import Mongo
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.endings import REVOKED, Broadcast
from services.failures import BadInput, Failure, NotFound, Unauthenticated
from services.ids import NewId
from services.permissions import Permission
from services.tokens import digest, same
from services.validation import text
from services.viewer import KeyGrant, Viewer

NAME = 80
MOST = 100
PREFIX = 10
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
KEY = re.compile(rf"^bgk_([{ALPHABET}]{{{PREFIX}}})_([A-Za-z0-9_-]{{43}})$")
COARSE = timedelta(hours=1)
LONGEST = timedelta(days=3653)


class TooManyKeys(Failure):
    """The workspace has as many keys as it may have."""

    code = "TOO_MANY_API_KEYS"

    def __init__(self) -> None:
        super().__init__(f"A workspace has at most {MOST} API keys. Revoke one first.", limit=MOST)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. `secret` is the whole key, shown this once."""

    key: ApiKey
    secret: str = field(repr=False)


class ApiKeys:
    """Makes, lists, revokes and recognises keys.

    `broadcast` tells all processes of a revocation: the channel is `revoked`, the payload
    `{"apiKeyIds": [...]}`.
    """

    def __init__(
        self,
        mongo: Mongo,
        records: Records,
        access: Access,
        audit: Audit,
        broadcast: Broadcast,
        *,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._records = records
        self._access = access
        self._audit = audit
        self._broadcast = broadcast
        self._clock = clock
        self._new_id = new_id

    async def create(
        self,
        viewer: Viewer,
        workspace_id: str,
        name: str,
        scopes: Collection[Permission],
        expires_at: datetime | None = None,
    ) -> NewKey:
        """A new key. It is made by a person, who can give no scope that they don't have."""
        user_id = viewer.person("make an API key")
        await self._access.check(viewer, Permission.API_KEYS_WRITE, workspace_id)
        name = text("name", name, least=1, most=NAME)
        for scope in chosen(scopes):
            await self._access.check(viewer, scope, workspace_id)
        if len(await self.list(viewer, workspace_id)) >= MOST:
            raise TooManyKeys
        prefix, secret = new_text()
        key = ApiKey(
            id=self._new_id("key"),
            workspace_id=workspace_id,
            user_id=user_id,
            name=name,
            prefix=prefix,
            secret_hash=digest(secret),
            scopes=[scope.value for scope in chosen(scopes)],
            expires_at=self._later(expires_at),
            created_at=self._clock(),
        )
        await self._mongo.transact(lambda: self._insert(viewer, key))
        return NewKey(key, f"bgk_{prefix}_{secret}")

    async def list(self, viewer: Viewer, workspace_id: str) -> list[ApiKey]:
        """The workspace's keys, the oldest first."""
        await self._access.check(viewer, Permission.API_KEYS_WRITE, workspace_id)
        found = await self._records.of_workspace(workspace_id)
        return [key for key in found if key.revoked_at is None]

    async def revoke(self, viewer: Viewer, id: str) -> None:
        """End a key at once, and close the sockets that it opened."""
        key = await self._records.get(id)
        if key is None:
            viewer.id()
            raise NotFound("API key", id)
        permission = Permission.API_KEYS_WRITE
        await self._access.check(viewer, permission, key.workspace_id, of=("API key", id))
        await self.end([key])
        await self._audit.record(viewer, key.workspace_id, "api_key.revoked", id, name=key.name)

    async def end(self, keys: Collection[ApiKey]) -> None:
        """End these keys, whoever asks. What is cut off half-way can be done again."""
        ids = [key.id for key in keys]
        if not ids:
            return
        chosen = {"_id": {"$in": ids}}
        await self._records.update_many(chosen, {"$set": {"revoked_at": self._clock()}})
        await self._broadcast(REVOKED, {"apiKeyIds": ids})
        await self._records.delete_many(chosen)

    async def viewer(self, token: str) -> Viewer:
        """The viewer that a whole key stands for; `Unauthenticated` where it is not good."""
        found = KEY.fullmatch(token)
        key = await self._records.by_prefix(found[1]) if found else None
        good = key is not None and key.revoked_at is None
        if not found or not key or not good or not same(digest(found[2]), key.secret_hash):
            raise Unauthenticated("The API key is not, or no longer, good. Make a new one.")
        now = self._clock()
        if key.expires_at is not None and key.expires_at <= now:
            raise Unauthenticated("The API key has expired. Make a new one.")
        if key.last_used_at is None or key.last_used_at < now - COARSE:
            await self._records.used(key.id, now, now - COARSE)
        return Viewer(user_id=key.user_id, expires_at=key.expires_at, key=grant(key))

    async def ended(self, id: str) -> bool:
        """Whether a key that was good has been revoked, or is gone."""
        key = await self._records.get(id)
        return key is None or key.revoked_at is not None

    async def _insert(self, viewer: Viewer, key: ApiKey) -> None:
        await self._records.insert(key)
        details = {"name": key.name, "scopes": key.scopes}
        await self._audit.record(viewer, key.workspace_id, "api_key.created", key.id, **details)

    def _later(self, expires_at: datetime | None) -> datetime | None:
        if expires_at is None:
            return None
        now = self._clock()
        if expires_at.tzinfo is None or not now < expires_at <= now + LONGEST:
            raise BadInput(
                "expiresAt",
                "cannot be the end of a key.",
                "A time to come, with its zone, within ten years; or none.",
            )
        return expires_at.astimezone(UTC).replace(microsecond=0)


def chosen(scopes: Collection[Permission]) -> list[Permission]:
    """The scopes, each once and in the order of the table; at least one."""
    if not scopes:
        raise BadInput("scopes", "is empty.", [scope.value for scope in Permission])
    return [scope for scope in Permission if scope in scopes]


def new_text() -> tuple[str, str]:
    """A public prefix of 50 bits, and a secret of 256."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX))
    return prefix, secrets.token_urlsafe(32)


def grant(key: ApiKey) -> KeyGrant:
    """What the key may do; scopes that this version does not know are none."""
    known = {scope.value: scope for scope in Permission}
    scopes = frozenset(known[scope] for scope in key.scopes if scope in known)
    return KeyGrant(id=key.id, workspace_id=key.workspace_id, scopes=scopes)
