"""Versions of a piece, and the difference between two of them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import versions
from datasources.pages import Page
from schema.enums import LineKind, Platform
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.types.user import User
from services.versions import Diff


@strawberry.type(description="A version of a piece: its text and labels after one change.")
class ContentVersion:
    """The version. `number` starts at 1."""

    author_id: strawberry.Private[str | None]
    id: strawberry.ID
    number: int
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    pillar: str | None
    created_at: datetime
    author: User | None = relation("author_id", "users", "Who made this change.")

    @classmethod
    def of(cls, record: versions.Version) -> ContentVersion:
        """From its record."""
        return cls(
            author_id=record.created_by,
            id=strawberry.ID(record.id),
            number=record.number,
            title=record.title,
            body=record.body,
            platforms=record.platforms,
            tags=record.tags,
            pillar=record.pillar,
            created_at=record.created_at,
        )


@strawberry.type
class ContentVersionEdge:
    """A version and its place in the list."""

    cursor: str
    node: ContentVersion


@strawberry.type(description="A page of versions.")
class ContentVersionConnection:
    """Relay's connection."""

    edges: list[ContentVersionEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[versions.Version]) -> ContentVersionConnection:
        """From a page of records."""
        edges, info = edges_of(
            page,
            lambda cursor, record: ContentVersionEdge(
                cursor=cursor, node=ContentVersion.of(record)
            ),
        )
        return cls(edges=edges, page_info=info)


@strawberry.type(description="One line of a diff.")
class DiffLine:
    """The line."""

    kind: LineKind
    text: str


@strawberry.type(description="What changed from one version to another.")
class ContentDiff:
    """The difference, line by line."""

    before: ContentVersion
    after: ContentVersion
    title_changed: bool
    tags_added: list[str]
    tags_removed: list[str]
    pillar_changed: bool
    lines: list[DiffLine]

    @classmethod
    def of(cls, diff: Diff) -> ContentDiff:
        """From the service's diff."""
        return cls(
            before=ContentVersion.of(diff.before),
            after=ContentVersion.of(diff.after),
            title_changed=diff.title_changed,
            tags_added=diff.tags_added,
            tags_removed=diff.tags_removed,
            pillar_changed=diff.pillar_changed,
            lines=[DiffLine(kind=line.kind, text=line.text) for line in diff.lines()],
        )
