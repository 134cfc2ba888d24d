"""Trends: what was read on feeds, and the topics that were made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from datasources.collection import Collection, Record, document
from datasources.failures import mongo_failures
from datasources.mongo import current_session
from datasources.topic_vectors import PUBLIC

KEPT_FOR = 35 * 86_400


class TrendItem(Record, frozen=True, kw_only=True):
    """An entry of a feed. Its id is made of its source's and of its own name there."""

    workspace_id: str
    source_id: str
    title: str
    summary: str
    url: str | None
    published_at: datetime


class TrendItems(Collection[TrendItem]):
    """The entries of five weeks."""

    name = "trend_items"
    record = TrendItem
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("published_at", DESCENDING)], name="latest"),
        IndexModel([("source_id", ASCENDING)], name="of_source"),
        IndexModel([("published_at", ASCENDING)], name="expiry", expireAfterSeconds=KEPT_FOR),
    )

    async def keep(self, items: Sequence[TrendItem]) -> int:
        """Keep these; how many of them are new. When one came out is what was said at first."""
        changes = []
        for each in items:
            values = document(each)
            id, first = values.pop("_id"), {"published_at": values.pop("published_at")}
            change = {"$set": values, "$setOnInsert": first}
            changes.append(UpdateOne({"_id": id}, change, upsert=True))
        if not changes:
            return 0
        with mongo_failures():
            done = await self.raw.bulk_write(changes, ordered=False, session=current_session.get())
        return done.upserted_count

    async def latest(self, workspace_id: str, since: datetime, *, limit: int) -> list[TrendItem]:
        """What came out since then on the feeds of a workspace, latest first."""
        wanted = {"workspace_id": workspace_id, "published_at": {"$gte": since}}
        return await self.find(wanted, sort=[("published_at", -1)], limit=limit)


class Share(msgspec.Struct, frozen=True):
    """How many entries are of one origin: in the last days, and in the days before those."""

    recent: int = 0
    before: int = 0


class TrendTopic(Record, frozen=True, kw_only=True):
    """What several entries are about: a phrase, what it means, and how often it came.

    `workspace_ids` are whose entries they are: of public feeds where it is `public`, else the one
    that subscribes. `shares` are by origin: a workspace, or a source. `entries` names some of
    them, latest first. `vector`, of `model`, is of 32-bit floats.
    """

    public: bool
    workspace_ids: list[str]
    phrase: str
    vector: bytes
    model: str
    shares: dict[str, Share]
    entries: list[str]
    computed_at: datetime

    def readable_by(self, workspace_id: str) -> bool:
        """Whether that workspace may see it: a public one, or of its own feeds."""
        return self.public or self.workspace_ids == [workspace_id]


class TrendTopics(Collection[TrendTopic]):
    """All topics. Those of a workspace, and the public ones, are replaced as a whole."""

    name = "trend_topics"
    record = TrendTopic
    indexes = (
        IndexModel([("workspace_ids", ASCENDING), ("public", ASCENDING)], name="of_workspace"),
        IndexModel([("public", ASCENDING)], name="public"),
    )

    async def replace(self, reader: str, topics: Sequence[TrendTopic]) -> None:
        """Within a transaction: these are a reader's topics now."""
        await self.delete_many(whose(reader))
        await self.insert_many(topics)

    async def of_reader(self, reader: str) -> list[TrendTopic]:
        """A reader's, in order: those of a workspace's feeds, or the public ones."""
        return await self.find(whose(reader), sort=[("_id", 1)])

    async def readers(self) -> list[str]:
        """Whoever has any."""
        with mongo_failures():
            own: list[str] = await self.raw.distinct("workspace_ids", {"public": False})
        public = await self.count({"public": True}, limit=1)
        return [*own, *([PUBLIC] if public else [])]

    async def readable(self, workspace_id: str, model: str) -> list[TrendTopic]:
        """The public ones and those of that workspace's feeds, of that model."""
        either = [{"public": True}, of_feeds(workspace_id)]
        return await self.find({"$or": either, "model": model}, sort=[("_id", 1)])

    async def made_at(self, workspace_id: str, model: str) -> datetime | None:
        """When those of that workspace's feeds were made; None where none are of that model."""
        found = await self.find_one({**of_feeds(workspace_id), "model": model})
        return found.computed_at if found else None

    async def forget_source(self, workspace_id: str, source_id: str) -> None:
        """Within a transaction: no topic is left that a source had a part in."""
        await self.delete_many({**of_feeds(workspace_id), f"shares.{source_id}": {"$exists": True}})


def whose(reader: str) -> dict[str, object]:
    """Those of a workspace's feeds, or the public ones."""
    return {"public": True} if reader == PUBLIC else of_feeds(reader)


def of_feeds(workspace_id: str) -> dict[str, object]:
    """The topics of the feeds that a workspace subscribes to."""
    return {"workspace_ids": workspace_id, "public": False}
