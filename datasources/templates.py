"""Templates: texts with gaps, which content is made from."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.content import ContentType, Platform


class Template(Record, frozen=True, kw_only=True):
    """A template. `title` and `body` may hold variables, as `{{name}}`.

    `version` rises by one with every change.
    """

    workspace_id: str
    created_by: str | None
    name: str
    type: ContentType
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    version: int = 1
    created_at: datetime
    updated_at: datetime


class Templates(Collection[Template]):
    """All templates."""

    name = "templates"
    record = Template
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel([("created_by", ASCENDING)], name="of_user"),
    )
