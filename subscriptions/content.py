"""Content: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs, signed_in
from schema.types.content import Content
from schema.types.content_change import ContentChange
from services.events import Delivered
from services.failures import NotFound
from subscriptions.listening import listen

PUBLISHED = frozenset({"content.published"})
CHANGED = frozenset(
    {
        "content.created",
        "content.updated",
        "content.changed",
        "content.published",
        "content.archived",
        "content.restored",
        "content.deleted",
    }
)


@strawberry.type
class ContentSubscriptions:
    """What happens to content."""

    @subscription(
        "Each piece of this person's that is published, where you can see it. "
        "`after` takes the cursor of an earlier message's extensions.",
        signed_in(),
    )
    async def content_published(
        self, info: Info, user_id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[Content, None]:
        """Published content."""
        context = info.context
        await context.services.users.seen(context.viewer, user_id)

        async def load(delivered: Delivered) -> Content:
            found = await context.services.content.get(context.viewer, delivered.event.subject)
            return Content.of(found)

        async for content in listen(context, f"user:{user_id}", PUBLISHED, after, load):
            yield content

    @subscription("Every change to a workspace's content.", needs(Permission.CONTENT_READ))
    async def content_changed(
        self, info: Info, workspace_id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[ContentChange, None]:
        """Changes."""
        context, services = info.context, info.context.services
        await services.access.check(context.viewer, Permission.CONTENT_READ, workspace_id)

        async def load(delivered: Delivered) -> ContentChange:
            await services.access.check(context.viewer, Permission.CONTENT_READ, workspace_id)
            try:
                found = await services.content.get(context.viewer, delivered.event.subject)
            except NotFound:
                return ContentChange.of(delivered.event, None)
            return ContentChange.of(delivered.event, found)

        async for change in listen(context, f"workspace:{workspace_id}", CHANGED, after, load):
            yield change
