"""Editions: the version of each workspace's figures."""

from __future__ import annotations

from pymongo import ASCENDING

from datasources.collection import Collection, Record
from datasources.mongo import Document


class Edition(Record, frozen=True, kw_only=True):
    """The version of a workspace's figures: it rises with every write. Its id is the workspace's.

    `fold` is the last batch of counted reads that went in: none goes in twice. `days` is how many
    of these writes the rollup by day has: a release that knew no days wrote without them.
    `carried` is how often what days lacked was carried over.
    """

    version: int = 0
    days: int = 0
    carried: int = 0
    fold: str | None = None

    @property
    def daily(self) -> bool:
        """Whether the rollup by day has all that the one by hour has."""
        return self.days == self.version


class Editions(Collection[Edition]):
    """One a workspace."""

    name = "analytics_editions"
    record = Edition

    async def now(self, workspace_id: str) -> Edition:
        """The edition now; that of nothing before the first figure."""
        return await self.get(workspace_id) or Edition(id=workspace_id)

    async def version(self, workspace_id: str) -> int:
        """The version now; 0 before the first figure."""
        return (await self.now(workspace_id)).version

    async def raise_version(self, workspace_id: str, fold: str | None = None) -> None:
        """Within a write to both rollups: the figures are other ones from here on."""
        change: Document = {"$inc": {"version": 1, "days": 1}}
        if fold is not None:
            change["$set"] = {"fold": fold}
        await self.update({"_id": workspace_id}, change, upsert=True)

    async def take_turn(self, workspace_id: str) -> bool:
        """Within a transaction: let no write go on beside it. Whether there are figures at all."""
        return await self.update({"_id": workspace_id}, {"$inc": {"turn": 1}}) is not None

    async def behind(self, after: str, limit: int) -> list[Edition]:
        """Those whose rollup by day lacks something, in order of their ids, after that one."""
        lacking: Document = {"$ne": ["$version", {"$ifNull": ["$days", 0]}]}
        wanted: Document = {"_id": {"$gt": after}, "$expr": lacking}
        return await self.find(wanted, sort=[("_id", ASCENDING)], limit=limit)

    async def catch_up(self, was: Edition) -> None:
        """The rollup by day has all writes that it had not when the edition was that.

        Where somebody else has carried them over meanwhile, that was said already.
        """
        since = {"_id": was.id, "carried": was.carried or None}
        lacked = was.version - was.days
        await self.update(since, {"$inc": {"days": lacked, "carried": 1}})
