"""API keys: what a program acts with, in one workspace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from datasources.coalesce import Coalescer
from datasources.collection import Collection, Record
from datasources.mongo import Mongo


class ApiKey(Record, frozen=True, kw_only=True):
    """A key. `prefix` is public and finds it; of the secret only a hash is kept.

    `scopes` are the values of permissions. `user_id` made it, and it never reaches further
    than that person's role of the moment. `last_used_at` is kept to the hour. `revoked_at` is
    set while the key is being ended; then the record goes.
    """

    workspace_id: str
    user_id: str
    name: str
    prefix: str
    secret_hash: str
    scopes: list[str]
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    created_at: datetime
    revoked_at: datetime | None = None


class ApiKeys(Collection[ApiKey]):
    """All keys."""

    name = "api_keys"
    record = ApiKey
    indexes = (
        IndexModel([("prefix", ASCENDING)], name="prefix", unique=True),
        IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)], name="of_workspace"),
        IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)], name="of_user"),
    )

    def __init__(self, mongo: Mongo) -> None:
        super().__init__(mongo)
        self._by_prefix: Coalescer[str, ApiKey] = Coalescer(self._fetch_by_prefix, self.name)

    async def by_prefix(self, prefix: str) -> ApiKey | None:
        """The key with that prefix. Requests that ask at one time share a command."""
        return (await self._by_prefix.get_many([prefix]))[0]

    async def of_workspace(self, workspace_id: str) -> list[ApiKey]:
        """The keys of one workspace, the oldest first."""
        return await self.find({"workspace_id": workspace_id}, sort=[("_id", 1)])

    async def used(self, id: str, at: datetime, unless_after: datetime) -> None:
        """Note a use, unless one was noted after that time."""
        stale = {"$or": [{"last_used_at": None}, {"last_used_at": {"$lt": unless_after}}]}
        await self.update_many({"_id": id, **stale}, {"$set": {"last_used_at": at}})

    async def _fetch_by_prefix(self, prefixes: Sequence[str]) -> dict[str, ApiKey]:
        found = await self.find({"prefix": {"$in": list(prefixes)}})
        return {key.prefix: key for key in found}
