"""Slots: how many jobs of a workspace run at once, counted in one document."""

from __future__ import annotations

from collections.abc import Collection as Ids

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.failures import Duplicate


class Slots(Record, frozen=True, kw_only=True):
    """The jobs that hold a slot; the id is the workspace's."""

    workspace_id: str
    holders: list[str] = []


class JobSlots(Collection[Slots]):
    """The slots of all workspaces."""

    name = "job_slots"
    record = Slots
    indexes = (IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),)

    async def take(self, workspace_id: str, job_id: str, most: int) -> bool:
        """Take a slot, or keep the one that the job has; False where all are taken."""
        free = {f"holders.{most - 1}": {"$exists": False}}
        wanted = {"_id": workspace_id, "$or": [{"holders": job_id}, free]}
        change = {"$addToSet": {"holders": job_id}, "$set": {"workspace_id": workspace_id}}
        try:
            return await self.update(wanted, change, upsert=True) is not None
        except Duplicate:  # it is there, and full: or it was made this moment by another
            return await self.update(wanted, change) is not None

    async def release(self, workspace_id: str, job_ids: Ids[str]) -> None:
        """Give slots back, those that were held."""
        change = {"$pull": {"holders": {"$in": list(job_ids)}}}
        await self.update({"_id": workspace_id}, change)
