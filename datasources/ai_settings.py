"""What a workspace has chosen about models: which ones, and how much they may cost."""

from __future__ import annotations

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.models import Provider


class AiSettings(Record, frozen=True, kw_only=True):
    """The choice of one workspace, whose id it has.

    `budget` is for a calendar month, in millionths of a US dollar; None: what the plan has.
    `provider` None: whatever this server uses.
    """

    workspace_id: str
    budget: int | None = None
    provider: Provider | None = None


class AiSettingsStore(Collection[AiSettings]):
    """The choices of all workspaces that have made one."""

    name = "ai_settings"
    record = AiSettings
    indexes = (IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),)

    async def set(self, workspace_id: str, **values: object) -> AiSettings:
        """Change some of it."""
        changed = {"workspace_id": workspace_id, **values}
        made = await self.update({"_id": workspace_id}, {"$set": changed}, upsert=True)
        if made is None:
            raise AssertionError("an upsert gives a record")
        return made
