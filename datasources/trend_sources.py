"""Trend sources: the feeds that a workspace subscribes to, and what was last seen of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record


class TrendSourceState(StrEnum):
    """WAITING: not read yet. OK: it was read when it was last looked at. FAILING: it was not."""

    WAITING = "WAITING"
    OK = "OK"
    FAILING = "FAILING"


class TrendSource(Record, frozen=True, kw_only=True):
    """A feed. `problem` says why it could not be read the last `failures` times.

    `etag` and `modified` are what its server wants to be told, so that it sends only what is new.
    """

    workspace_id: str
    added_by: str | None
    url: str
    title: str | None = None
    state: TrendSourceState = TrendSourceState.WAITING
    problem: str | None = None
    problem_code: str | None = None
    failures: int = 0
    items: int = 0
    etag: str | None = None
    modified: str | None = None
    checked_at: datetime | None = None
    next_check_at: datetime
    created_at: datetime


class TrendSources(Collection[TrendSource]):
    """All of them."""

    name = "trend_sources"
    record = TrendSource
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel([("workspace_id", ASCENDING), ("url", ASCENDING)], name="once", unique=True),
        IndexModel([("next_check_at", ASCENDING)], name="due"),
        IndexModel([("added_by", ASCENDING)], name="of_user"),
    )

    async def due(self, now: datetime, *, limit: int) -> list[TrendSource]:
        """Those to be looked at, the longest due first."""
        wanted = {"next_check_at": {"$lte": now}}
        return await self.find(wanted, sort=[("next_check_at", 1)], limit=limit)

    async def claim(self, source: TrendSource, until: datetime) -> bool:
        """Take a source for oneself: nobody else looks at it before then."""
        mine = {"_id": source.id, "next_check_at": source.next_check_at}
        return await self.update(mine, {"$set": {"next_check_at": until}}) is not None

    async def note(self, id: str, changed: Mapping[str, object]) -> bool:
        """Keep what was seen; False where the source was removed meanwhile."""
        return await self.update({"_id": id}, {"$set": changed}) is not None
