"""Feed entries: what a workspace has published to its own public feed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record, document
from datasources.failures import Duplicate


def entry_id(target_id: str) -> str:
    """The one entry of a target: published twice, it is still the same entry."""
    return f"ent_{target_id.removeprefix('tgt_')}"


class Entry(Record, frozen=True, kw_only=True):
    """A piece as it went out to the feed. `author_name` is None once its author was erased."""

    workspace_id: str
    content_id: str
    content_version: int
    title: str | None
    body: str
    summary: str
    tags: list[str]
    author_id: str | None
    author_name: str | None
    published_at: datetime
    updated_at: datetime


class Entries(Collection[Entry]):
    """All entries of all feeds."""

    name = "feed"
    record = Entry
    indexes = (
        IndexModel(
            [("workspace_id", ASCENDING), ("published_at", DESCENDING), ("_id", DESCENDING)],
            name="of_workspace",
        ),
        IndexModel([("content_id", ASCENDING)], name="of_content"),
        IndexModel([("published_at", DESCENDING)], name="latest"),
        IndexModel([("author_id", ASCENDING)], name="of_author"),
    )

    async def put(self, entry: Entry) -> None:
        """Store an entry, or bring it to a later version; the same, or an earlier, is ignored."""
        values = document(entry)
        older = {"_id": values.pop("_id"), "content_version": {"$lt": entry.content_version}}
        first = {"published_at": values.pop("published_at")}
        with suppress(Duplicate):  # it is there already, at this version or a later one
            await self.update(older, {"$set": values, "$setOnInsert": first}, upsert=True)

    async def since(self, at: datetime, *, limit: int) -> list[Entry]:
        """The entries of all feeds from then on, newest first."""
        wanted = {"published_at": {"$gte": at}}
        return await self.find(wanted, sort=[("published_at", DESCENDING)], limit=limit)

    async def latest(self, workspace_id: str, *, limit: int) -> list[Entry]:
        """The entries of one workspace, newest first."""
        order = [("published_at", DESCENDING), ("_id", DESCENDING)]
        return await self.find({"workspace_id": workspace_id}, sort=order, limit=limit)
