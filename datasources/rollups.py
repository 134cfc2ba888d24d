"""Rollups: what was gained in each hour, of a workspace and of each piece, and their version.

An hour keeps its quarters as well: the days of some places begin at half past, or a quarter to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from datasources.collection import Collection, Record
from datasources.content import Platform
from datasources.failures import mongo_failures
from datasources.mongo import Document, current_session
from datasources.snapshots import Metric, hour_of

QUARTER = 15


class Gain(Record, frozen=True, kw_only=True):
    """Gained in the hour that begins at `at`: the sums, and the same by quarter of an hour, 0 to 3.

    A sum is negative where a platform took back what it had counted before.
    """

    workspace_id: str
    platform: Platform
    at: datetime
    sums: dict[Metric, int] = {}
    quarters: dict[str, dict[Metric, int]] = {}


class ContentGain(Gain, frozen=True, kw_only=True):
    """Gained by one piece."""

    content_id: str


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much a counter of a piece rose in the quarter of an hour that `at` lies in."""

    workspace_id: str
    content_id: str
    platform: Platform
    metric: Metric
    at: datetime
    amount: int


class WorkspaceGains(Collection[Gain]):
    """What whole workspaces gained."""

    name = "analytics_hours"
    record = Gain
    indexes = (IndexModel([("workspace_id", ASCENDING), ("at", ASCENDING)], name="of_workspace"),)

    async def add(self, shifts: Iterable[Shift]) -> None:
        """Count these in."""
        await increase(self.raw, shifts, lambda shift: (shift.workspace_id, {}))


class ContentGains(Collection[ContentGain]):
    """What each piece gained."""

    name = "content_hours"
    record = ContentGain
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("at", ASCENDING)], name="of_workspace"),
        IndexModel([("content_id", ASCENDING), ("at", ASCENDING)], name="of_content"),
    )

    async def add(self, shifts: Iterable[Shift]) -> None:
        """Count these in."""
        await increase(
            self.raw, shifts, lambda shift: (shift.content_id, {"content_id": shift.content_id})
        )


Subject = Callable[[Shift], tuple[str, Document]]


async def increase(
    raw: AsyncCollection[Document], shifts: Iterable[Shift], subject: Subject
) -> None:
    """Add to the hours of whatever `subject` says: its id, and fields that tell what it is."""
    changes: dict[str, tuple[Document, dict[str, int]]] = {}
    places: dict[datetime, tuple[datetime, str, int]] = {}  # many shifts are of one moment
    for shift in shifts:
        place = places.get(shift.at)
        if place is None:
            place = places[shift.at] = place_of(shift.at)
        hour, stamp, quarter = place
        named, more = subject(shift)
        platform, metric = str(shift.platform), str(shift.metric)
        id = f"{named}:{platform}:{stamp}"
        change = changes.get(id)
        if change is None:
            fields = {"workspace_id": shift.workspace_id, "platform": platform, "at": hour, **more}
            change = changes[id] = (fields, {})
        sums = change[1]
        for path in (f"sums.{metric}", f"quarters.{quarter}.{metric}"):
            sums[path] = sums.get(path, 0) + shift.amount
    asked = [
        UpdateOne({"_id": id}, {"$setOnInsert": fields, "$inc": sums}, upsert=True)
        for id, (fields, sums) in changes.items()
    ]
    if asked:
        with mongo_failures():
            await raw.bulk_write(asked, ordered=False, session=current_session.get())


def place_of(at: datetime) -> tuple[datetime, str, int]:
    """The hour that a moment lies in, how ids name it, and the quarter of it, 0 to 3."""
    hour = hour_of(at)
    return hour, f"{hour:%Y%m%d%H}", at.astimezone(UTC).minute // QUARTER


class Edition(Record, frozen=True, kw_only=True):
    """The version of a workspace's figures: it rises with every write. Its id is the workspace's.

    `fold` is the last batch of counted reads that went in: none goes in twice.
    """

    version: int = 0
    fold: str | None = None


class Editions(Collection[Edition]):
    """One a workspace."""

    name = "analytics_editions"
    record = Edition

    async def version(self, workspace_id: str) -> int:
        """The version now; 0 before the first figure."""
        found = await self.get(workspace_id)
        return found.version if found else 0

    async def raise_version(self, workspace_id: str, fold: str | None = None) -> None:
        """Within a write: the figures are other ones from here on."""
        change: Document = {"$inc": {"version": 1}}
        if fold is not None:
            change["$set"] = {"fold": fold}
        await self.update({"_id": workspace_id}, change, upsert=True)
