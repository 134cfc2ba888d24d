"""Every version that a piece of content ever had."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.content import Content, Platform


class Version(Record, frozen=True, kw_only=True):
    """One version of a piece: its text and labels after a change. `number` starts at 1."""

    content_id: str
    workspace_id: str
    number: int
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    pillar: str | None = None
    created_at: datetime
    created_by: str | None

    @classmethod
    def of(cls, content: Content, id: str, by: str | None) -> Version:
        """What to keep of a piece as it stands now."""
        return cls(
            id=id,
            content_id=content.id,
            workspace_id=content.workspace_id,
            number=content.version,
            title=content.title,
            body=content.body,
            platforms=content.platforms,
            tags=content.tags,
            pillar=content.pillar,
            created_at=content.updated_at,
            created_by=by,
        )


class Versions(Collection[Version]):
    """All versions of all content."""

    name = "content_versions"
    record = Version
    indexes = (
        IndexModel(
            [("content_id", ASCENDING), ("number", DESCENDING)], name="of_content", unique=True
        ),
        IndexModel([("content_id", ASCENDING), ("_id", DESCENDING)], name="listed"),
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
        IndexModel([("created_by", ASCENDING)], name="of_user"),
    )

    async def numbered(self, content_id: str, number: int) -> Version | None:
        """That version of that piece."""
        return await self.find_one({"content_id": content_id, "number": number})
