"""Erasures: people and workspaces that are gone, until nothing of them is left anywhere."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record


class Erasure(Record, frozen=True, kw_only=True):
    """What has still to be swept out: everything of a person, and of workspaces.

    The record is written with the end of the account, or of a workspace alone, so that a process
    which dies half-way is no loss. It goes at the sweep that is `due`: what requests under way
    still wrote is then seen.
    """

    user_id: str | None
    workspace_ids: list[str]
    due: datetime


class Erasures(Collection[Erasure]):
    """All that was not finished yet."""

    name = "erasures"
    record = Erasure
    indexes = (IndexModel([("due", ASCENDING)], name="due"),)

    async def due(self, now: datetime) -> list[Erasure]:
        """Those whose last sweep is due."""
        return await self.find({"due": {"$lte": now}}, sort=[("due", 1)], limit=100)
