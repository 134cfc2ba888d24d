"""Publishing: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs
from schema.types.content import Content
from schema.types.publish_result import PublishResult
from schema.types.publishing import PublishTarget
from services.events import Delivered
from services.services import Services
from services.viewer import Viewer
from subscriptions.listening import Told, follow

PROGRESS = frozenset({"publish.progress", "content.published"})


@strawberry.type
class PublishingSubscriptions:
    """How a publication goes on."""

    @subscription(
        "The targets of a piece, each time one of them gets on.", needs(Permission.CONTENT_READ)
    )
    async def publish_progress(
        self, info: Info, content_id: strawberry.ID, after: str | None = None
    ) -> AsyncIterable[PublishResult]:
        """Progress."""
        context = info.context
        await context.services.content.get(context.viewer, content_id)
        return follow(context, f"content:{content_id}", PROGRESS, after, progress)


async def progress(
    services: Services, delivered: Delivered, viewers: Sequence[Viewer]
) -> Told[PublishResult]:
    """The piece and its targets as they are now, for those who may read it."""
    event = delivered.event
    id = str(event.data.get("content_id", event.subject))
    found, allowed = await services.content.shown(viewers, id)
    if found is None:
        return None, allowed
    targets = (await services.publishing.targets_of([id])).get(id, [])
    return PublishResult(
        content=Content.of(found), targets=[PublishTarget.of(target) for target in targets]
    ), allowed
