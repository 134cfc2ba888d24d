"""Snapshots: what a platform said of a piece at one moment, kept as it was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne

from datasources.collection import Collection, Record, document
from datasources.content import Platform
from datasources.failures import mongo_failures
from datasources.mongo import current_session


class Metric(StrEnum):
    """What is counted. Each is a counter that runs from publication on, as platforms give it.

    IMPRESSIONS: shown to somebody. REACH: different people that it was shown to. SHARES: reposts
    and quotes. SAVES: bookmarks. READS: opened and read on a page of its own.
    """

    IMPRESSIONS = "IMPRESSIONS"
    REACH = "REACH"
    REACTIONS = "REACTIONS"
    COMMENTS = "COMMENTS"
    SHARES = "SHARES"
    CLICKS = "CLICKS"
    SAVES = "SAVES"
    VIDEO_VIEWS = "VIDEO_VIEWS"
    READS = "READS"


class Availability(StrEnum):
    """Whether there is a figure.

    NO_SCOPE: the account did not grant what reading it needs. UNSUPPORTED: the platform does not
    tell it, or tells it no more.
    """

    OK = "OK"
    NO_SCOPE = "NO_SCOPE"
    UNSUPPORTED = "UNSUPPORTED"


def series_id(content_id: str, platform: Platform, metric: Metric) -> str:
    """The name of one counter of one piece on one platform."""
    return f"{content_id}:{platform.value}:{metric.value}"


def snapshot_id(series: str, at: datetime) -> str:
    """The one snapshot of a counter at that millisecond; ids of a counter sort by time."""
    return f"{series}:{round(at.timestamp() * 1000):014d}"


class Snapshot(Record, frozen=True, kw_only=True):
    """A counter's value at a time. `value` is None where there is no figure."""

    workspace_id: str
    content_id: str
    platform: Platform
    metric: Metric
    value: int | None
    captured_at: datetime
    availability: Availability = Availability.OK

    @property
    def series(self) -> str:
        """The counter that it is of."""
        return series_id(self.content_id, self.platform, self.metric)


class Snapshots(Collection[Snapshot]):
    """All snapshots. Their ids are made of what they say, so one that comes twice is there once."""

    name = "analytics_snapshots"
    record = Snapshot
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("content_id", ASCENDING)], name="of_workspace"),
    )

    async def replace_many(self, snapshots: Sequence[Snapshot]) -> None:
        """Put these in the place of those with their ids."""
        changes = [ReplaceOne({"_id": each.id}, document(each)) for each in snapshots]
        if changes:
            with mongo_failures():
                await self.raw.bulk_write(changes, session=current_session.get())

    async def before(self, series: str, at: datetime) -> Snapshot | None:
        """The last figure of a counter before that moment."""
        bounds = {"$gte": f"{series}:", "$lt": snapshot_id(series, at)}
        wanted = {"_id": bounds, "availability": Availability.OK}
        return await self.find_one(wanted, sort=[("_id", DESCENDING)])

    async def since(self, series: str, at: datetime) -> list[Snapshot]:
        """All that a counter has from that moment on, oldest first, figures or not."""
        bounds = {"$gte": snapshot_id(series, at), "$lt": f"{series};"}
        return await self.find({"_id": bounds}, sort=[("_id", ASCENDING)])


def hour_of(at: datetime) -> datetime:
    """The beginning of its hour, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
