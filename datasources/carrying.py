"""Carrying gains by hour over into the rollup by day, while writes go on.

Releases before there were days wrote hours alone. Whoever writes now writes both, and raises
`days` of the edition with `version`; so their distance is the number of writes that days have not
seen, whoever made them. Each part is computed anew from its hours in a transaction of its own,
which collides with any write to the same workspace; at the end `days` catches up by the distance
that was there at the beginning. What an old process wrote in between stays a distance, and is
carried over the next time. Until then answers are made of hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from datasources.editions import Edition, Editions
from datasources.failures import mongo_failures
from datasources.mongo import Document, Mongo
from datasources.rollups import (
    ContentDays,
    ContentGains,
    Gain,
    Gains,
    Rollup,
    WorkspaceDays,
    WorkspaceGains,
    day_place,
)

AT_ONCE = 100


async def carry(mongo: Mongo) -> int:
    """Carry over what days lack; of how many workspaces. May be stopped and begun again."""
    editions, count, after = Editions(mongo), 0, ""
    while found := await editions.behind(after, AT_ONCE):
        for each in found:
            await Carrying(mongo, editions, each).run()
        after, count = found[-1].id, count + len(found)
    return count


class Carrying:
    """Of one workspace, as its edition was when this began."""

    def __init__(self, mongo: Mongo, editions: Editions, edition: Edition) -> None:
        self._mongo = mongo
        self._editions = editions
        self._edition = edition
        self._workspaces = Rollup(WorkspaceGains(mongo), WorkspaceDays(mongo))
        self._pieces = Rollup(ContentGains(mongo), ContentDays(mongo))

    async def run(self) -> None:
        """All of it."""
        for id in await self._ids():
            await self._part(self._pieces, {"content_id": id})
        await self._part(self._workspaces, {"workspace_id": self._edition.id})
        await self._editions.catch_up(self._edition)

    async def _ids(self) -> list[str]:
        """The pieces that have hours, or days by mistake."""
        pipeline = [
            {"$match": {"workspace_id": self._edition.id}},
            {"$group": {"_id": "$content_id"}},
        ]
        found: set[str] = set()
        with mongo_failures():
            for each in (self._pieces.hours, self._pieces.days):
                cursor = await each.raw.aggregate(pipeline)
                found.update([group["_id"] async for group in cursor])
        return sorted(found)

    async def _part(self, rollup: Rollup[Gains], wanted: Document) -> None:
        """Its days as its hours have them; nothing where the workspace has ended."""

        async def change() -> None:
            if await self._editions.take_turn(self._edition.id):
                hours = await rollup.hours.find(wanted)
                await rollup.days.delete_many(wanted)
                await rollup.days.insert_many(days(hours))

        await self._mongo.transact(change)


G = TypeVar("G", bound=Gain)


def days(hours: Iterable[G]) -> Iterable[G]:
    """The same gains by day."""
    found: dict[str, G] = {}
    for hour in hours:
        place = day_place(hour.at)
        id = f"{hour.id.rpartition(':')[0]}:{place.stamp}"
        day = found.get(id) or replace(hour, id=id, at=place.at, sums={}, quarters={})
        sums = dict(day.sums)
        for metric, amount in hour.sums.items():
            sums[metric] = sums.get(metric, 0) + amount
        found[id] = replace(day, sums=sums)
    return found.values()
