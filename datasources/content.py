"""Content: what a workspace says, as it stands now."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.generated import Generated


class ContentType(StrEnum):
    """The form of a piece."""

    POST = "POST"
    ARTICLE = "ARTICLE"
    VIDEO_SCRIPT = "VIDEO_SCRIPT"


class ContentStatus(StrEnum):
    """Where a piece stands between a first draft and the archive."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    SCHEDULED = "SCHEDULED"
    PUBLISHING = "PUBLISHING"
    PUBLISHED = "PUBLISHED"
    FAILED = "FAILED"
    ARCHIVED = "ARCHIVED"


class Platform(StrEnum):
    """Where a piece can be published. FEED is the workspace's own public feed."""

    LINKEDIN = "LINKEDIN"
    X = "X"
    MEDIUM = "MEDIUM"
    FEED = "FEED"


class PlatformLength(msgspec.Struct, frozen=True, kw_only=True):
    """A body's length as a platform counts it, and the most it takes (0: no limit)."""

    platform: Platform
    length: int
    limit: int


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What is computed from a body. `reading_time` is in seconds."""

    word_count: int
    reading_time: int
    hashtags: list[str]
    mentions: list[str]
    lengths: list[PlatformLength]


class Content(Record, frozen=True, kw_only=True):
    """A piece of content. `version` rises by one with every change of its text or its labels.

    `pillar` is the theme of the strategy that it belongs to, in the workspace's own words.
    `archived_from` is the status to go back to when it is restored from the archive. `generated`
    tells of the model that wrote it, if one did.
    """

    workspace_id: str
    author_id: str | None
    type: ContentType
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    pillar: str | None = None
    metadata: Metadata
    status: ContentStatus = ContentStatus.DRAFT
    archived_from: ContentStatus | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    scheduled_for: datetime | None = None
    generated: Generated | None = None


def ordered(by: str, among: str | None = None) -> IndexModel:
    """An index for a workspace's list in one order, of those with one value of `among`."""
    filters = [("workspace_id", ASCENDING), *([(among, ASCENDING)] if among else [])]
    name = f"by_{among}_and_{by}" if among else f"by_{by}"
    return IndexModel([*filters, (by, DESCENDING), ("_id", DESCENDING)], name=name)


class Contents(Collection[Content]):
    """All content."""

    name = "content"
    record = Content
    indexes = (
        ordered("created_at"),
        ordered("updated_at"),
        ordered("published_at"),
        ordered("created_at", "status"),
        ordered("updated_at", "status"),
        ordered("published_at", "status"),
        ordered("created_at", "tags"),
        IndexModel(
            [("workspace_id", ASCENDING), ("title", "text"), ("body", "text")],
            name="by_text",
            default_language="none",
        ),
        IndexModel([("author_id", ASCENDING), ("_id", ASCENDING)], name="by_author"),
        IndexModel(
            [("workspace_id", ASCENDING), ("generated.source", ASCENDING)],
            name="by_source",
            partialFilterExpression={"generated.source": {"$exists": True}},
        ),
    )

    async def changed_at(self, workspace_id: str) -> datetime | None:
        """When any piece of a workspace was last changed; None where it has none."""
        wanted = {"workspace_id": workspace_id}
        found = await self.find_one(wanted, sort=[("updated_at", DESCENDING), ("_id", DESCENDING)])
        return found.updated_at if found else None
