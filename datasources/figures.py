"""Questions that are put to the rollups: what was gained in a span, by step and by piece."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from datasources.collection import Collection
from datasources.content import Contents, ContentType, Platform
from datasources.covers import Clock, Stage, by_day, by_hour
from datasources.failures import Unavailable, mongo_failures
from datasources.mongo import Document
from datasources.rollups import ContentGains, Gains, Rollup, WorkspaceGains
from datasources.snapshots import Metric

NO_SUCH_MOMENT = frozenset({239, 246})
"""What the database says where the moment of a read is forgotten already, or not there yet."""
TRIES, PAUSE = 20, 0.02
SHOWN = ("type", "title", "tags", "pillar", "published_at")
PLATFORM: Document = {"platform": "$platform"}
NAMED = tuple((metric.value, metric) for metric in Metric)
SUMS: Document = {metric.value: {"$sum": f"$sums.{metric.value}"} for metric in Metric}

Sums = dict[Metric, int]


class DayGain(msgspec.Struct, frozen=True):
    """Gained on a platform in a step of a series, told by its first local day."""

    day: date
    platform: Platform
    sums: Sums


class PieceGain(msgspec.Struct, frozen=True):
    """Gained by a piece on a platform, and what the piece is."""

    content_id: str
    platform: Platform
    sums: Sums
    type: ContentType
    title: str | None
    tags: list[str]
    pillar: str | None
    published_at: datetime | None


async def by_step(
    rollup: Rollup[WorkspaceGains], workspace_id: str, clock: Clock, unit: str
) -> list[DayGain]:
    """What a workspace gained in each day, week or month, by platform."""
    return await steps_of(rollup, {"workspace_id": workspace_id}, clock, unit)


async def of_piece(
    rollup: Rollup[ContentGains], content_id: str, clock: Clock, unit: str
) -> list[DayGain]:
    """What a piece gained in each day, week or month, by platform."""
    return await steps_of(rollup, {"content_id": content_id}, clock, unit)


async def steps_of(
    rollup: Rollup[Gains], wanted: Document, clock: Clock, unit: str
) -> list[DayGain]:
    """Of whatever is wanted."""
    found = await gained(rollup, wanted, clock, PLATFORM, unit)
    return [
        DayGain(step.date(), Platform(platform), sums) for (platform, step), sums in found.items()
    ]


async def by_platform(
    rollup: Rollup[WorkspaceGains], workspace_id: str, clock: Clock
) -> dict[Platform, Sums]:
    """What a workspace gained in all."""
    found = await gained(rollup, {"workspace_id": workspace_id}, clock, PLATFORM)
    return {Platform(platform): sums for (platform, _), sums in found.items()}


async def by_piece(
    rollup: Rollup[ContentGains], contents: Contents, workspace_id: str, clock: Clock
) -> list[PieceGain]:
    """What each piece gained on each platform, and what the piece is."""
    key = {"piece": "$content_id", **PLATFORM}
    found = await gained(rollup, {"workspace_id": workspace_id}, clock, key)
    ids = list({id for id, _, _ in found})
    shown = {"$project": dict.fromkeys(SHOWN, 1)}
    there = await aggregate(contents, [{"$match": {"_id": {"$in": ids}}}, shown])
    known = {each["_id"]: each for each in there}
    return [
        piece(known[id], Platform(platform), sums)
        for (id, platform, _), sums in found.items()
        if id in known
    ]


def piece(what: Document, platform: Platform, sums: Sums) -> PieceGain:
    """One of them."""
    return PieceGain(
        content_id=what["_id"],
        platform=platform,
        sums=sums,
        type=ContentType(what["type"]),
        title=what.get("title"),
        tags=what["tags"],
        pillar=what.get("pillar"),
        published_at=what.get("published_at"),
    )


async def gained(
    rollup: Rollup[Gains], wanted: Document, clock: Clock, key: Document, unit: str | None = None
) -> dict[tuple[Any, ...], Sums]:
    """What was gained, by the fields of the key and the step, where it is not nothing.

    Days and hours are read at one moment, so that no write comes between them.
    """
    parts = by_hour(clock, wanted, key, unit, SUMS)
    if clock.days is None:
        return added(await aggregate(rollup.hours, parts), key)
    both: Stage = {"$unionWith": {"coll": rollup.hours.name, "pipeline": parts}}
    stages: list[Stage] = [*by_day(clock, wanted, key, unit, SUMS), both]
    return added(await aggregate(rollup.days, stages), key)


def added(groups: Iterable[Document], key: Mapping[str, object]) -> dict[tuple[Any, ...], Sums]:
    """Groups of days and hours put together: given where it is right, taken where it is wrong."""
    found: dict[tuple[Any, ...], Sums] = defaultdict(dict)
    for group in groups:
        id, sums = group["_id"], [(each, group[name]) for name, each in NAMED if group[name]]
        named, right, wrong = tuple(id[each] for each in key), id["right"], id.get("wrong")
        if right is not None:
            add(found[*named, right], sums, 1)
        if wrong is not None:
            add(found[*named, wrong], sums, -1)
    return {at: left for at, sums in found.items() if (left := not_nothing(sums))}


def add(into: Sums, sums: Iterable[tuple[Metric, int]], sign: int) -> None:
    """So many more of each counter, or fewer."""
    for metric, amount in sums:
        into[metric] = into.get(metric, 0) + sign * int(amount)


def not_nothing(sums: Sums) -> Sums:
    """The counters that are not 0."""
    return {metric: amount for metric, amount in sums.items() if amount}


async def aggregate(collection: Collection[Any], pipeline: Sequence[Stage]) -> list[Document]:
    """What a pipeline makes of a collection, as all was at one moment.

    While a collection is being made there is no such moment, and one that is past may be forgotten;
    a little later there is another.
    """
    steady = collection.raw.with_options(read_concern=ReadConcern("snapshot"))
    for _ in range(TRIES):
        try:
            with mongo_failures():
                cursor = await steady.aggregate(list(pipeline))
                return await cursor.to_list()
        except OperationFailure as error:
            if error.code not in NO_SUCH_MOMENT:
                raise
        await asyncio.sleep(PAUSE)
    raise Unavailable("database")
