"""Content: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs, signed_in
from schema.types.content import Content
from schema.types.content_change import ContentChange
from services.events import Delivered
from services.services import Services
from services.viewer import Viewer
from subscriptions.listening import Told, follow

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
    ) -> AsyncIterable[Content]:
        """Published content."""
        context = info.context
        await context.services.users.seen(context.viewer, user_id)
        return follow(context, f"user:{user_id}", PUBLISHED, after, published)

    @subscription("Every change to a workspace's content.", needs(Permission.CONTENT_READ))
    async def content_changed(
        self, info: Info, workspace_id: strawberry.ID, after: str | None = None
    ) -> AsyncIterable[ContentChange]:
        """Changes."""
        context, services = info.context, info.context.services
        await services.access.check(context.viewer, Permission.CONTENT_READ, workspace_id)
        return follow(context, f"workspace:{workspace_id}", CHANGED, after, changed)


async def published(
    services: Services, delivered: Delivered, viewers: Sequence[Viewer]
) -> Told[Content]:
    """The piece, for those who may read it."""
    found, allowed = await services.content.shown(viewers, delivered.event.subject)
    return None if found is None else Content.of(found), allowed


async def changed(
    services: Services, delivered: Delivered, viewers: Sequence[Viewer]
) -> Told[ContentChange]:
    """The change, for those who may read the workspace; its piece may be gone by now."""
    event = delivered.event
    found, allowed = await services.content.shown(viewers, event.subject, event.workspace_id)
    return ContentChange.of(event, found), allowed
