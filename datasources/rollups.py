"""Rollups: what was gained in each hour, of a workspace and of each piece, and their version.

An hour keeps its quarters as well: the days of some places begin at half past, or a quarter to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from pymongo import ASCENDING, IndexModel, UpdateOne

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

    @property
    def hour(self) -> datetime:
        """The hour that it counts to."""
        return hour_of(self.at)


G = TypeVar("G", bound=Gain)


class Gains(Collection[G]):
    """Hours; of whole workspaces, where nothing else is said."""

    name = "analytics_hours"
    indexes = (IndexModel([("workspace_id", ASCENDING), ("at", ASCENDING)], name="of_workspace"),)

    def of_subject(self, shift: Shift) -> str:
        """Whose hour it is: the id of the workspace, where it is not of a piece."""
        return shift.workspace_id

    def fields(self, shift: Shift) -> Document:
        """What an hour is, besides its sums."""
        return {
            "workspace_id": shift.workspace_id,
            "platform": shift.platform.value,
            "at": shift.hour,
        }

    async def add(self, shifts: Iterable[Shift]) -> None:
        """Count these in."""
        changes: dict[str, tuple[Document, dict[str, int]]] = {}
        for shift in shifts:
            id = f"{self.of_subject(shift)}:{shift.platform.value}:{shift.hour:%Y%m%d%H}"
            _, sums = changes.setdefault(id, (self.fields(shift), {}))
            quarter = shift.at.astimezone(UTC).minute // QUARTER
            for path in (f"sums.{shift.metric}", f"quarters.{quarter}.{shift.metric}"):
                sums[path] = sums.get(path, 0) + shift.amount
        await self._increase(changes)

    async def _increase(self, changes: Mapping[str, tuple[Document, dict[str, int]]]) -> None:
        asked = [
            UpdateOne({"_id": id}, {"$setOnInsert": fields, "$inc": sums}, upsert=True)
            for id, (fields, sums) in changes.items()
        ]
        if asked:
            with mongo_failures():
                await self.raw.bulk_write(asked, ordered=False, session=current_session.get())

    async def aggregate(self, pipeline: Sequence[Mapping[str, Any]]) -> list[Document]:
        """What a pipeline makes of them."""
        with mongo_failures():
            cursor = await self.raw.aggregate(list(pipeline), session=current_session.get())
            return await cursor.to_list()


class WorkspaceGains(Gains[Gain]):
    """What whole workspaces gained."""

    record = Gain


class ContentGains(Gains[ContentGain]):
    """What each piece gained."""

    name = "content_hours"
    record = ContentGain
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("at", ASCENDING)], name="of_workspace"),
        IndexModel([("content_id", ASCENDING), ("at", ASCENDING)], name="of_content"),
    )

    def of_subject(self, shift: Shift) -> str:
        """The piece."""
        return shift.content_id

    def fields(self, shift: Shift) -> Document:
        """With the piece."""
        return {**super().fields(shift), "content_id": shift.content_id}


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
