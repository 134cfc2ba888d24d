"""Rollups: what was gained in each hour and day of UTC, of a workspace and of each piece.

An hour keeps its quarters as well: the days of some places begin at half past, or a quarter to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from datasources.collection import Collection, Record
from datasources.content import Platform
from datasources.failures import mongo_failures
from datasources.mongo import Document, current_session
from datasources.snapshots import Metric, hour_of

QUARTER = 15
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Gain(Record, frozen=True, kw_only=True):
    """Gained in the hour or day of UTC that begins at `at`: the sums, and those of an hour by its
    quarters too, 0 to 3.

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shift is counted: in what begins `at`, which ids name `stamp`, and in which sums."""

    at: datetime
    stamp: str
    sums: tuple[str, ...]


def hour_place(at: datetime) -> Place:
    """The hour that a moment lies in, and the quarter of it."""
    hour = hour_of(at)
    quarter = at.astimezone(UTC).minute // QUARTER
    return Place(hour, f"{hour:%Y%m%d%H}", ("sums", f"quarters.{quarter}"))


def day_place(at: datetime) -> Place:
    """The day of UTC that a moment lies in."""
    day = day_of(at)
    return Place(day, f"{day:%Y%m%d}", ("sums",))


def day_of(at: datetime) -> datetime:
    """The beginning of its day, in UTC."""
    return hour_of(at).replace(hour=0)


class WorkspaceGains(Collection[Gain]):
    """What whole workspaces gained by hour."""

    name = "analytics_hours"
    record = Gain
    indexes = (IndexModel([("workspace_id", ASCENDING), ("at", ASCENDING)], name="of_workspace"),)

    place = staticmethod(hour_place)

    async def add(self, shifts: Iterable[Shift]) -> None:
        """Count these in."""
        await increase(self.raw, shifts, self.place, lambda shift: (shift.workspace_id, {}))


class WorkspaceDays(WorkspaceGains):
    """The same by day."""

    name = "analytics_days"

    place = staticmethod(day_place)


class ContentGains(Collection[ContentGain]):
    """What each piece gained by hour."""

    name = "content_hours"
    record = ContentGain
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("at", ASCENDING)], name="of_workspace"),
        IndexModel([("content_id", ASCENDING), ("at", ASCENDING)], name="of_content"),
    )

    place = staticmethod(hour_place)

    async def add(self, shifts: Iterable[Shift]) -> None:
        """Count these in."""
        await increase(
            self.raw,
            shifts,
            self.place,
            lambda shift: (shift.content_id, {"content_id": shift.content_id}),
        )


class ContentDays(ContentGains):
    """The same by day."""

    name = "content_days"

    place = staticmethod(day_place)


Gains = TypeVar("Gains", WorkspaceGains, ContentGains)


@dataclass(frozen=True, slots=True)
class Rollup(Generic[Gains]):
    """The same gains by hour and by day, which agree."""

    hours: Gains
    days: Gains

    async def add(self, shifts: Iterable[Shift]) -> None:
        """Within a transaction: count these in."""
        found = list(shifts)
        await self.hours.add(found)
        await self.days.add(found)


Subject = Callable[[Shift], tuple[str, Document]]


async def increase(
    raw: AsyncCollection[Document],
    shifts: Iterable[Shift],
    place_of: Callable[[datetime], Place],
    subject: Subject,
) -> None:
    """Add to the gains of whatever `subject` says: its id, and fields that tell what it is."""
    changes: dict[str, tuple[Document, dict[str, int]]] = {}
    places: dict[datetime, Place] = {}  # many shifts are of one moment
    for shift in shifts:
        place = places.get(shift.at)
        if place is None:
            place = places[shift.at] = place_of(shift.at)
        named, more = subject(shift)
        platform, metric = str(shift.platform), str(shift.metric)
        id = f"{named}:{platform}:{place.stamp}"
        change = changes.get(id)
        if change is None:
            home = shift.workspace_id
            fields = {"workspace_id": home, "platform": platform, "at": place.at, **more}
            change = changes[id] = (fields, {})
        sums = change[1]
        for part in place.sums:
            path = f"{part}.{metric}"
            sums[path] = sums.get(path, 0) + shift.amount
    asked = [
        UpdateOne({"_id": id}, {"$setOnInsert": fields, "$inc": sums}, upsert=True)
        for id, (fields, sums) in changes.items()
    ]
    if asked:
        with mongo_failures():
            await raw.bulk_write(asked, ordered=False, session=current_session.get())
