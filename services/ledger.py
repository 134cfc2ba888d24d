"""The ledger: snapshots and everything that is computed from them, written together or not at all.

See `docs/decisions/metrics.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from msgspec.structs import replace

from datasources.carrying import carry
from datasources.editions import Editions
from datasources.mongo import Mongo
from datasources.rollups import QUARTER, ContentGains, Rollup, Shift, WorkspaceGains
from datasources.snapshots import Snapshot, Snapshots
from datasources.standings import Count, Standing, Standings, standing_id
from services.chains import Merge, Stretch, counted, merge
from services.events import Events

CHANGED = "analytics.changed"


@dataclass(frozen=True, slots=True)
class Written:
    """How many snapshots were new or corrected, and how many were there already."""

    recorded: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Books:
    """The collections that agree with each other."""

    snapshots: Snapshots
    standings: Standings
    workspace_gains: Rollup[WorkspaceGains]
    content_gains: Rollup[ContentGains]
    editions: Editions


class Ledger:
    """Writes snapshots, and keeps standings and rollups exact to them."""

    def __init__(self, mongo: Mongo, books: Books, events: Events) -> None:
        self._mongo = mongo
        self._books = books
        self._events = events

    async def write(
        self, workspace_id: str, snapshots: Sequence[Snapshot], fold: str | None = None
    ) -> Written:
        """Store snapshots of one workspace, in any order, in one transaction.

        One that is there already changes nothing; one that says something else of the same
        moment takes its place. `fold` names the batch of counted reads that this is.
        """
        return await self._mongo.transact(lambda: self._write(workspace_id, snapshots, fold))

    async def forget(self, workspace_id: str, content_id: str) -> None:
        """Within a deletion: what a piece gained is gone from its workspace's figures, too."""
        books, mine = self._books, {"workspace_id": workspace_id, "content_id": content_id}
        gains = await books.content_gains.hours.find({"content_id": content_id})
        shifts = [
            Shift(workspace_id, content_id, gain.platform, metric, quarter(gain.at, name), -amount)
            for gain in gains
            for name, sums in gain.quarters.items()
            for metric, amount in sums.items()
        ]
        await books.workspace_gains.add(shifts)
        mine_alone = (books.content_gains.hours, books.content_gains.days)
        for collection in (*mine_alone, books.standings, books.snapshots):
            await collection.delete_many(mine)
        if gains:
            await self._tell(workspace_id, [shift.at for shift in shifts], None)

    async def carry(self) -> int:
        """Carry over to days what a process of an older release wrote by hour alone; of how many
        workspaces. The worker calls it.
        """
        return await carry(self._mongo)

    async def _write(
        self, workspace_id: str, snapshots: Sequence[Snapshot], fold: str | None
    ) -> Written:
        ids = [standing_id(each.content_id, each.platform) for each in snapshots]
        standings = await self._books.standings.by_ids(ids)
        shifts: list[Shift] = []
        merges: list[Merge] = []
        for _, series in groupby(sorted(snapshots, key=by_series), lambda each: each.series):
            new = list(series)
            count = count_of(standings, new[0])
            merges.append(merge(await self._stretch(count, new), new))
            shifts += shifts_of(new[0], merges[-1])
            stand(standings, new[0], counted(count, new))
        written = Written(
            recorded=sum(len(each.inserted) + len(each.replaced) for each in merges),
            unchanged=sum(each.unchanged for each in merges),
        )
        if written.recorded:
            await self._keep(merges, standings.values(), shifts)
            await self._tell(workspace_id, [each.captured_at for each in snapshots], fold)
        return written

    async def _stretch(self, count: Count | None, new: Sequence[Snapshot]) -> Stretch:
        """Of a counter, what is stored behind the earliest of the new; mostly known without a look.

        New snapshots mostly come behind all others, or ahead of them as history.
        """
        first, last = new[0].captured_at, new[-1].captured_at
        if count is None or first > count.checked_at:
            return Stretch((count.value if count else None) or 0, [])
        stored = await self._books.snapshots.since(new[0].series, first)
        if count.first_at is None or last < count.first_at:
            return Stretch(0, stored)
        before = await self._books.snapshots.before(new[0].series, first)
        return Stretch((before.value if before else None) or 0, stored)

    async def _keep(
        self, merges: Sequence[Merge], standings: Iterable[Standing], shifts: Sequence[Shift]
    ) -> None:
        books = self._books
        await books.standings.save_many(list(standings))
        await books.snapshots.insert_many(each for found in merges for each in found.inserted)
        await books.snapshots.replace_many([each for found in merges for each in found.replaced])
        await books.workspace_gains.add(shifts)
        await books.content_gains.add(shifts)

    async def _tell(self, workspace_id: str, moments: Sequence[datetime], fold: str | None) -> None:
        await self._books.editions.raise_version(workspace_id, fold)
        await self._events.record(
            CHANGED,
            topics=[f"workspace:{workspace_id}"],
            subject=workspace_id,
            workspace_id=workspace_id,
            data={"from": min(moments).isoformat(), "to": max(moments).isoformat()},
        )


def by_series(snapshot: Snapshot) -> tuple[str, datetime]:
    """Counter by counter, each in order of time."""
    return snapshot.series, snapshot.captured_at


def quarter(hour: datetime, name: str) -> datetime:
    """When that quarter of an hour begins."""
    return hour + timedelta(minutes=QUARTER * int(name))


def shifts_of(one: Snapshot, merge: Merge) -> list[Shift]:
    """The increments that differ, of the counter that `one` is a snapshot of."""
    return [
        Shift(one.workspace_id, one.content_id, one.platform, one.metric, at, amount)
        for at, amount in merge.shifts.items()
    ]


def count_of(standings: Mapping[str, Standing], one: Snapshot) -> Count | None:
    """Where its counter stands; None where it is new."""
    found = standings.get(standing_id(one.content_id, one.platform))
    return found.counts.get(one.metric) if found else None


def stand(standings: dict[str, Standing], one: Snapshot, count: Count) -> None:
    """Note where its counter stands."""
    id = standing_id(one.content_id, one.platform)
    found = standings.get(id) or Standing(
        id=id,
        workspace_id=one.workspace_id,
        content_id=one.content_id,
        platform=one.platform,
    )
    standings[id] = replace(found, counts={**found.counts, one.metric: count})
