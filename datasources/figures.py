"""Questions that are put to the rollups: what was gained in a span, by day and by piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from datasources.collection import Collection
from datasources.content import ContentType, Platform
from datasources.failures import mongo_failures
from datasources.mongo import Document
from datasources.rollups import QUARTER, ContentGain, Gain
from datasources.snapshots import Metric, hour_of

Stage = Mapping[str, Any]

HOUR = timedelta(hours=1)
SHOWN = ("type", "title", "tags", "pillar", "published_at")


class Clock(msgspec.Struct, frozen=True):
    """A stretch of time, and how far local clocks are ahead of UTC in it, each from when on."""

    starts: datetime
    ends: datetime
    offsets: Sequence[tuple[datetime, timedelta]]

    @property
    def hourly(self) -> bool:
        """Whether hours of UTC are hours there, so that quarters need no look."""
        edges = (self.starts, self.ends)
        whole = all(hour_of(at) == at for at in edges)
        return whole and all(not ahead % HOUR for _, ahead in self.offsets)


class DayGain(msgspec.Struct, frozen=True):
    """Gained on a platform in a step of a series, told by its first local day."""

    day: date
    platform: Platform
    sums: dict[Metric, int]


class PieceGain(msgspec.Struct, frozen=True):
    """Gained by a piece on a platform, and what the piece is."""

    content_id: str
    platform: Platform
    sums: dict[Metric, int]
    type: ContentType
    title: str | None
    tags: list[str]
    pillar: str | None
    published_at: datetime | None


async def by_step(
    hours: Collection[Gain], workspace_id: str, clock: Clock, unit: str
) -> list[DayGain]:
    """What a workspace gained in each day, week or month, by platform."""
    return await steps_of(hours, {"workspace_id": workspace_id}, clock, unit)


async def of_piece(
    hours: Collection[ContentGain], content_id: str, clock: Clock, unit: str
) -> list[DayGain]:
    """What a piece gained in each day, week or month, by platform."""
    return await steps_of(hours, {"content_id": content_id}, clock, unit)


async def steps_of(
    hours: Collection[Any], wanted: Document, clock: Clock, unit: str
) -> list[DayGain]:
    """As the pipeline finds them."""
    local = {"$add": ["$at", ahead(clock)]}
    step = {"$dateTrunc": {"date": local, "unit": unit.lower(), "startOfWeek": "monday"}}
    key = {"step": step, "platform": "$platform"}
    found = await aggregate(hours, [*within(wanted, clock), {"$group": {"_id": key, **SUMS}}])
    return [
        DayGain(each["_id"]["step"].date(), Platform(each["_id"]["platform"]), sums_of(each))
        for each in found
    ]


async def by_platform(
    hours: Collection[Gain], workspace_id: str, clock: Clock
) -> dict[Platform, dict[Metric, int]]:
    """What a workspace gained in all."""
    stages = [*within({"workspace_id": workspace_id}, clock)]
    found = await aggregate(hours, [*stages, {"$group": {"_id": "$platform", **SUMS}}])
    return {Platform(each["_id"]): sums_of(each) for each in found}


async def by_piece(
    hours: Collection[ContentGain], workspace_id: str, clock: Clock
) -> list[PieceGain]:
    """What each piece gained on each platform, and what the piece is."""
    key = {"piece": "$content_id", "platform": "$platform"}
    found = await aggregate(
        hours,
        [
            *within({"workspace_id": workspace_id}, clock),
            {"$group": {"_id": key, **SUMS}},
            {
                "$lookup": {
                    "from": "content",
                    "localField": "_id.piece",
                    "foreignField": "_id",
                    "pipeline": [{"$project": dict.fromkeys(SHOWN, 1)}],
                    "as": "found",
                }
            },
            {"$unwind": "$found"},
        ],
    )
    return [piece(each) for each in found]


def piece(found: Document) -> PieceGain:
    """One of them."""
    what, key = found["found"], found["_id"]
    return PieceGain(
        content_id=key["piece"],
        platform=Platform(key["platform"]),
        sums=sums_of(found),
        type=ContentType(what["type"]),
        title=what.get("title"),
        tags=what["tags"],
        pillar=what.get("pillar"),
        published_at=what.get("published_at"),
    )


SUMS: Document = {metric.value: {"$sum": f"$sums.{metric.value}"} for metric in Metric}


def sums_of(found: Document) -> dict[Metric, int]:
    """The counters of a group that are not 0."""
    return {metric: int(found[metric.value]) for metric in Metric if found[metric.value]}


def within(wanted: Document, clock: Clock) -> list[Stage]:
    """The hours of a stretch; its quarters, where local clocks do not go by whole hours."""
    if clock.hourly:
        return [{"$match": {**wanted, "at": {"$gte": clock.starts, "$lt": clock.ends}}}]
    minutes = {"$multiply": [{"$toInt": "$quarter.k"}, QUARTER * 60_000]}
    return [
        {"$match": {**wanted, "at": {"$gte": hour_of(clock.starts), "$lt": clock.ends}}},
        {"$set": {"quarter": {"$objectToArray": "$quarters"}}},
        {"$unwind": "$quarter"},
        {"$set": {"at": {"$add": ["$at", minutes]}, "sums": "$quarter.v"}},
        {"$match": {"at": {"$gte": clock.starts, "$lt": clock.ends}}},
    ]


def ahead(clock: Clock) -> Any:
    """The expression for the milliseconds that local clocks are ahead."""
    first, *rest = ((at, each // timedelta(milliseconds=1)) for at, each in clock.offsets)
    if not rest:
        return first[1]
    later = [{"case": {"$gte": ["$at", at]}, "then": each} for at, each in reversed(rest)]
    return {"$switch": {"branches": later, "default": first[1]}}


async def aggregate(collection: Collection[Any], pipeline: Sequence[Stage]) -> list[Document]:
    """What a pipeline makes of a collection."""
    with mongo_failures():
        cursor = await collection.raw.aggregate(list(pipeline))
        return await cursor.to_list()
