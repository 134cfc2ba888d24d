"""A piece of content, as the graph shows it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import content as records
from datasources.pages import Page
from schema.context import Info
from schema.enums import ContentStatus, ContentType, Permission, Platform
from schema.fields import field
from schema.pagination import PageInfo, edges_of
from schema.permissions import needs
from schema.relation import relation
from schema.types.ai_metadata import AIMetadata
from schema.types.node import Node
from schema.types.performance import ContentPerformance
from schema.types.publishing import PublishTarget
from schema.types.text_analysis import TextAnalysis
from schema.types.user import User
from schema.types.version import ContentDiff, ContentVersionConnection
from schema.types.workspace import Workspace
from services.cursors import window
from services.versions import LISTED

strawberry.enum(
    ContentStatus,
    description="Where a piece stands between a first draft and the archive.",
)


@strawberry.type(description="A body's length as a platform counts it.")
class PlatformLength:
    """The length, and the most that the platform takes (null: it has no limit)."""

    platform: Platform
    length: int
    limit: int | None
    fits: bool

    @classmethod
    def of(cls, record: records.PlatformLength) -> PlatformLength:
        """From its record."""
        return cls(
            platform=record.platform,
            length=record.length,
            limit=record.limit or None,
            fits=not record.limit or record.length <= record.limit,
        )


@strawberry.type(description="What is computed from a body.")
class ContentMetadata:
    """The metadata. `reading_time` is in seconds."""

    word_count: int
    reading_time: int = strawberry.field(description="Seconds that it takes to read.")
    hashtags: list[str]
    mentions: list[str]
    lengths: list[PlatformLength]

    @classmethod
    def of(cls, record: records.Metadata) -> ContentMetadata:
        """From its record."""
        return cls(
            word_count=record.word_count,
            reading_time=record.reading_time,
            hashtags=record.hashtags,
            mentions=record.mentions,
            lengths=[PlatformLength.of(length) for length in record.lengths],
        )


@strawberry.type(description="A piece of content: what a workspace says.")
class Content(Node):
    """The piece."""

    author_id: strawberry.Private[str | None]
    workspace_id: strawberry.Private[str]
    computed: strawberry.Private[records.Metadata]
    type: ContentType
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    pillar: str | None = strawberry.field(
        description="The theme of your strategy that it belongs to, in your own words."
    )
    status: ContentStatus
    version: int = strawberry.field(
        description="Rises by one with each change; send it as `expectedVersion` with the next."
    )
    scheduled_for: datetime | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    performance: ContentPerformance | None = relation(
        "id",
        "performance",
        "How it does; null without figures, and where you may not see them.",
    )
    ai_metadata: AIMetadata | None = strawberry.field(
        default=None, description="How a model wrote it; null where a person did."
    )
    author: User | None = relation(
        "author_id", "users", "Who wrote it; null once that account was deleted."
    )
    workspace: Workspace | None = relation(
        "workspace_id", "workspaces", "Where it belongs; null for an API key that may not see it."
    )
    targets: list[PublishTarget] = relation(
        "id", "targets_of_content", "The platforms that it went, or goes, to."
    )

    @classmethod
    def of(cls, record: records.Content) -> Content:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            author_id=record.author_id,
            workspace_id=record.workspace_id,
            computed=record.metadata,
            type=record.type,
            title=record.title,
            body=record.body,
            platforms=record.platforms,
            tags=record.tags,
            pillar=record.pillar,
            status=record.status,
            version=record.version,
            scheduled_for=record.scheduled_for,
            created_at=record.created_at,
            updated_at=record.updated_at,
            published_at=record.published_at,
            ai_metadata=AIMetadata.of(record.generated) if record.generated else None,
        )

    @field("Words, reading time, hashtags, mentions, lengths.")
    def metadata(self) -> ContentMetadata:
        """What is computed from the body."""
        return ContentMetadata.of(self.computed)

    @field("Every version that it ever had, latest first.", needs(Permission.CONTENT_READ))
    async def versions(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ContentVersionConnection:
        """A page of versions."""
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        context = info.context
        found = await context.services.versions.page(context.viewer, self.id, slice)
        return ContentVersionConnection.of(found)

    @field(
        "What can be told of its text: mood, tone, keywords, what to change, what repeats it.",
        needs(Permission.CONTENT_READ),
        cost=20,
    )
    async def text_analysis(self, info: Info) -> TextAnalysis:
        """Computed when it is asked for."""
        context = info.context
        return TextAnalysis.of(
            await context.services.text_analyses.of_content(context.viewer, self.id)
        )

    @field("What changed from one version to another.", needs(Permission.CONTENT_READ))
    async def diff(self, info: Info, before: int, after: int) -> ContentDiff:
        """The difference."""
        context = info.context
        found = await context.services.versions.diff(context.viewer, self.id, before, after)
        return ContentDiff.of(found)


@strawberry.type
class ContentEdge:
    """A piece and its place in the list."""

    cursor: str
    node: Content


@strawberry.type(description="A page of content.")
class ContentConnection:
    """Relay's connection."""

    edges: list[ContentEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[records.Content]) -> ContentConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: ContentEdge(cursor=cursor, node=Content.of(record))
        )
        return cls(edges=edges, page_info=info)
