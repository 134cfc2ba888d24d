"""Standings: where each counter of a piece on a platform stands now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from pymongo import ASCENDING, IndexModel, UpdateOne

from datasources.collection import Collection, Record, document
from datasources.content import Platform
from datasources.failures import mongo_failures
from datasources.mongo import current_session
from datasources.snapshots import Availability, Metric


def standing_id(content_id: str, platform: Platform) -> str:
    """The one standing of a piece on a platform."""
    return f"{content_id}:{platform.value}"


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A counter: its first and its last figure, and when each was taken.

    All of them are None before there is a figure. `checked_at` and `availability` tell of the
    latest snapshot, whether it had a figure or not.
    """

    value: int | None = None
    captured_at: datetime | None = None
    first_value: int | None = None
    first_at: datetime | None = None
    checked_at: datetime
    availability: Availability


class Standing(Record, frozen=True, kw_only=True):
    """A piece on a platform. Every write to its counters changes it: two at once collide."""

    workspace_id: str
    content_id: str
    platform: Platform
    counts: dict[Metric, Count] = {}


class Standings(Collection[Standing]):
    """All standings."""

    name = "analytics_standings"
    record = Standing
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("content_id", ASCENDING)], name="of_workspace"),
        IndexModel([("content_id", ASCENDING)], name="of_content"),
    )

    async def by_ids(self, ids: Iterable[str]) -> dict[str, Standing]:
        """Those that there are, by id."""
        wanted = list(dict.fromkeys(ids))
        return {each.id: each for each in await self.find({"_id": {"$in": wanted}})}

    async def of_contents(self, content_ids: Sequence[str]) -> dict[str, list[Standing]]:
        """The standings of each piece, by platform."""
        found: dict[str, list[Standing]] = {id: [] for id in content_ids}
        for each in await self.find({"content_id": {"$in": list(found)}}, sort=[("_id", 1)]):
            found[each.content_id].append(each)
        return found

    async def save_many(self, standings: Sequence[Standing]) -> None:
        """Store them."""
        changes = []
        for each in standings:
            values = document(each)
            changes.append(UpdateOne({"_id": values.pop("_id")}, {"$set": values}, upsert=True))
        if changes:
            with mongo_failures():
                await self.raw.bulk_write(changes, ordered=False, session=current_session.get())
