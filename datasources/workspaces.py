"""Workspaces: what content and brands belong to, nested as an agency has its clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one workspace; None is inherited from the parent, and so on upwards."""

    time_zone: str | None = None
    language: str | None = None
    feed_title: str | None = None
    feed_description: str | None = None


class Workspace(Record, frozen=True, kw_only=True):
    """A workspace. `path` holds the ids of its ancestors, topmost first, and its own last.

    `turn` rises with every transaction that changes who belongs to it, or what lies below it:
    two of them collide rather than miss each other. `read_only`: its plan has no place for it.
    """

    name: str
    parent_id: str | None = None
    path: list[str]
    personal: bool = False
    settings: WorkspaceSettings = WorkspaceSettings()
    version: int = 1
    turn: int = 0
    read_only: bool = False
    created_by: str | None
    created_at: datetime
    updated_at: datetime


class Workspaces(Collection[Workspace]):
    """All workspaces."""

    name = "workspaces"
    record = Workspace
    indexes = (
        IndexModel([("parent_id", ASCENDING), ("_id", ASCENDING)], name="children"),
        IndexModel([("path", ASCENDING), ("_id", ASCENDING)], name="path"),
    )

    async def close(self, ids: Sequence[str], closed: Sequence[str]) -> None:
        """Among these, let the closed ones be read-only and no others."""
        opened = [id for id in ids if id not in set(closed)]
        await self.update_many(
            {"_id": {"$in": list(closed)}, "read_only": {"$ne": True}},
            {"$set": {"read_only": True}},
        )
        await self.update_many(
            {"_id": {"$in": opened}, "read_only": True}, {"$set": {"read_only": False}}
        )

    async def take_turn(self, id: str) -> Workspace | None:
        """The workspace, for the transaction around: no other can change its members meanwhile.

        Whoever comes second collides, and starts again with what the first one left.
        """
        return await self.update({"_id": id}, {"$inc": {"turn": 1}})
