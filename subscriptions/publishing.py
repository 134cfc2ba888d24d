"""Publishing: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs
from schema.types.content import Content
from schema.types.publish_result import PublishResult
from schema.types.publishing import PublishTarget
from services.events import Delivered
from subscriptions.listening import listen

PROGRESS = frozenset({"publish.progress", "content.published"})


@strawberry.type
class PublishingSubscriptions:
    """How a publication goes on."""

    @subscription(
        "The targets of a piece, each time one of them gets on.", needs(Permission.CONTENT_READ)
    )
    async def publish_progress(
        self, info: Info, content_id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[PublishResult, None]:
        """Progress."""
        context, services = info.context, info.context.services
        await services.content.get(context.viewer, content_id)

        async def load(delivered: Delivered) -> PublishResult:
            content = await services.content.get(context.viewer, content_id)
            targets = (await services.publishing.targets_of([content_id])).get(content_id, [])
            return PublishResult(
                content=Content.of(content),
                targets=[PublishTarget.of(target) for target in targets],
            )

        async for progress in listen(context, f"content:{content_id}", PROGRESS, after, load):
            yield progress
