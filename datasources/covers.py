"""Covers: the days and hours of UTC that a stretch of local time is put together from.

Days of UTC stand in for the local days of the same dates. What lies between the midnights of both
is then in the wrong step of a series wherever a step begins: up to fourteen hours, which are read
by hour, taken from where their day was counted to and given to where they belong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from datasources.mongo import Document
from datasources.rollups import HOUR, QUARTER
from datasources.snapshots import hour_of

Stage = Mapping[str, Any]


class Clock(msgspec.Struct, frozen=True):
    """A stretch of time, and how far local clocks are ahead of UTC in it, each from when on.

    `begins` are the local days that a step begins with, and the last day, each with when it
    begins; none where days are not to be used.
    """

    starts: datetime
    ends: datetime
    offsets: Sequence[tuple[datetime, timedelta]]
    begins: Sequence[tuple[date, datetime]] = ()

    @property
    def hourly(self) -> bool:
        """Whether hours of UTC are hours there, so that quarters need no look."""
        edges = (self.starts, self.ends)
        whole = all(hour_of(at) == at for at in edges)
        return whole and all(not ahead % HOUR for _, ahead in self.offsets)

    @property
    def days(self) -> tuple[datetime, datetime] | None:
        """From which day of UTC until before which one days stand in; None where none does."""
        if len(self.begins) < 2:
            return None
        return noted(self.begins[0][0]), noted(self.begins[-1][0])


def noted(day: date) -> datetime:
    """When the day of UTC of that date begins."""
    return datetime.combine(day, time(), UTC)


def by_day(
    clock: Clock, wanted: Document, key: Document, unit: str | None, sums: Document
) -> list[Stage]:
    """Groups of the days that stand in, by the fields of the key and the step."""
    starts, ends = clock.days or (clock.starts, clock.starts)
    return [
        {"$match": {**wanted, "at": {"$gte": starts, "$lt": ends}}},
        {"$group": {"_id": {**key, "right": step("$at", unit)}, **sums}},
    ]


def by_hour(
    clock: Clock, wanted: Document, key: Document, unit: str | None, sums: Document
) -> list[Stage]:
    """Groups of the hours that are read: the step that is right, and the one of their day.

    Either is null where there is none.
    """
    local = {"$add": ["$at", ahead(clock)]}
    right = within(clock.starts, clock.ends, step(local, unit))
    wrong = within(*clock.days, step("$at", unit)) if clock.days else None
    return [
        {"$match": {**wanted, "at": moments(clock)}},
        *([] if clock.hourly else QUARTERS),
        {"$group": {"_id": {**key, "right": right, "wrong": wrong}, **sums}},
    ]


def moments(clock: Clock) -> Document:
    """The hours to be read."""
    if clock.days is None:
        return {"$gte": hour_of(clock.starts), "$lt": clock.ends}
    found: set[datetime] = set()
    for day, begins in clock.begins:
        low, high = sorted((noted(day), begins))
        found.update(hours(low, high))
    found.update(hours(clock.begins[-1][1], clock.ends))
    return {"$in": sorted(found)}


def hours(starts: datetime, ends: datetime) -> Iterator[datetime]:
    """Those that have a part in a stretch."""
    at = hour_of(starts)
    while at < ends:
        yield at
        at += HOUR


def step(at: object, unit: str | None) -> object:
    """The expression for the step of a series that a moment is in; of no series there is one."""
    if unit is None:
        return {"$literal": True}
    return {"$dateTrunc": {"date": at, "unit": unit.lower(), "startOfWeek": "monday"}}


def within(starts: datetime, ends: datetime, then: object) -> Document:
    """The expression for what is meant within a stretch, and null outside."""
    inside = [{"$gte": ["$at", starts]}, {"$lt": ["$at", ends]}]
    return {"$cond": [{"$and": inside}, then, None]}


def ahead(clock: Clock) -> object:
    """The expression for the milliseconds that local clocks are ahead."""
    first, *rest = ((at, each // timedelta(milliseconds=1)) for at, each in clock.offsets)
    if not rest:
        return first[1]
    later = [{"case": {"$gte": ["$at", at]}, "then": each} for at, each in reversed(rest)]
    return {"$switch": {"branches": later, "default": first[1]}}


QUARTERS: Sequence[Stage] = (
    {"$set": {"quarter": {"$objectToArray": "$quarters"}}},
    {"$unwind": "$quarter"},
    {
        "$set": {
            "at": {"$add": ["$at", {"$multiply": [{"$toInt": "$quarter.k"}, QUARTER * 60_000]}]},
            "sums": "$quarter.v",
        }
    },
)
"""Each hour becomes its quarters."""
