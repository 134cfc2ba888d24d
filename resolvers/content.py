"""Content: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from schema.context import Context, Info
from schema.costs import CacheControl
from schema.enums import Permission
from schema.fields import field
from schema.inputs.content import (
    ContentFilter,
    ContentOrder,
    CreateContentInput,
    UpdateContentInput,
    order_of,
    query_of,
)
from schema.permissions import needs
from schema.types.content import Content, ContentConnection
from services.content_query import slice_of
from services.cursors import window


async def home(context: Context, workspace_id: str | None) -> str:
    """The workspace that is meant: the personal one where none is named."""
    return workspace_id or await context.services.workspaces.default(context.viewer)


@strawberry.type
class ContentQueries:
    """Reading."""

    @field(
        "One piece; null where there is none that you can see.",
        needs(Permission.CONTENT_READ),
        cache=CacheControl(max_age=0),
    )
    async def content(self, info: Info, id: strawberry.ID) -> Content | None:
        """By its id."""
        context = info.context
        return Content.of(await context.services.content.get(context.viewer, id))

    @field(
        "Newest first, `limit` (1 to 100, else 20) from `offset` (up to 10,000).",
        needs(Permission.CONTENT_READ),
        cache=CacheControl(max_age=0),
    )
    async def contents(
        self,
        info: Info,
        filter: ContentFilter | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[Content]:
        """A short list."""
        context = info.context
        size, skip = slice_of(limit, offset)
        workspace = await home(context, filter.workspace_id if filter else None)
        found = await context.services.content.list(
            context.viewer, workspace, query_of(filter), size, skip
        )
        return [Content.of(record) for record in found]

    @field(
        "A workspace's content, page by page, in any order.",
        needs(Permission.CONTENT_READ),
        cache=CacheControl(max_age=0),
    )
    async def content_connection(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: ContentFilter | None = None,
        order_by: ContentOrder | None = None,
    ) -> ContentConnection:
        """A page."""
        context = info.context
        order = order_of(order_by)
        slice = window(order, first=first, after=after, last=last, before=before)
        named = workspace_id or (filter.workspace_id if filter else None)
        workspace = await home(context, named)
        return ContentConnection.of(
            await context.services.content.page(
                context.viewer, workspace, query_of(filter), order, slice
            )
        )


@strawberry.type
class ContentMutations:
    """Writing."""

    @field("Write a new draft.", needs(Permission.CONTENT_WRITE))
    async def create_content(self, info: Info, input: CreateContentInput) -> Content:
        """A draft in the workspace."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        draft = input.draft()
        return Content.of(await context.services.content.create(context.viewer, workspace, draft))

    @field(
        "Change a piece. CONFLICT, with `currentVersion`, if it was changed since "
        "you read `expectedVersion`.",
        needs(Permission.CONTENT_WRITE),
    )
    async def update_content(
        self, info: Info, id: strawberry.ID, expected_version: int, input: UpdateContentInput
    ) -> Content:
        """A new version."""
        context = info.context
        return Content.of(
            await context.services.content.update(
                context.viewer, id, expected_version, input.change()
            )
        )

    @field("Bring an earlier version back, as a new version.", needs(Permission.CONTENT_WRITE))
    async def restore_version(
        self, info: Info, id: strawberry.ID, version: int, expected_version: int
    ) -> Content:
        """The text and labels of that version."""
        context = info.context
        return Content.of(
            await context.services.versions.restore(context.viewer, id, version, expected_version)
        )

    @field("A new draft with the same text.", needs(Permission.CONTENT_WRITE))
    async def duplicate_content(self, info: Info, id: strawberry.ID) -> Content:
        """The copy."""
        context = info.context
        return Content.of(await context.services.lifecycle.duplicate(context.viewer, id))

    @field("Put a piece away: out of the lists, unchanged.", needs(Permission.CONTENT_WRITE))
    async def archive_content(self, info: Info, id: strawberry.ID) -> Content:
        """In the archive."""
        context = info.context
        return Content.of(await context.services.lifecycle.archive(context.viewer, id))

    @field("Take a piece out of the archive.", needs(Permission.CONTENT_WRITE))
    async def restore_content(self, info: Info, id: strawberry.ID) -> Content:
        """Where it was before."""
        context = info.context
        return Content.of(await context.services.lifecycle.restore(context.viewer, id))

    @field(
        "Delete a piece and its versions, for good. What other platforms hold of it stays there.",
        needs(Permission.CONTENT_WRITE),
    )
    async def delete_content(self, info: Info, id: strawberry.ID) -> bool:
        """Gone."""
        context = info.context
        return await context.services.lifecycle.delete(context.viewer, id)
