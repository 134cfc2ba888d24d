"""Workspaces: what content and brands belong to, nested as an agency has its clients."""

from __future__ import annotations

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
    """A workspace. `path` holds the ids of its ancestors, topmost first, and its own last."""

    name: str
    parent_id: str | None = None
    path: list[str]
    personal: bool = False
    settings: WorkspaceSettings = WorkspaceSettings()
    version: int = 1
    created_by: str
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
