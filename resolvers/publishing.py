"""Publishing: Mutation fields."""

from __future__ import annotations

import strawberry

from schema.context import Info
from schema.enums import Permission, Platform
from schema.fields import field
from schema.permissions import needs
from schema.types.content import Content
from schema.types.publish_result import PublishResult
from schema.types.publishing import PublishTarget


@strawberry.type
class PublishingMutations:
    """Publishing, and what to do when a platform fails."""

    @field(
        "Publish a piece. Answers at once, with a target a platform; "
        "`publishProgress` tells how each goes on.",
        needs(Permission.CONTENT_PUBLISH),
    )
    async def publish_content(
        self, info: Info, id: strawberry.ID, platforms: list[Platform]
    ) -> PublishResult:
        """On its way."""
        context = info.context
        content = await context.services.content.get(context.viewer, id, Permission.CONTENT_PUBLISH)
        content, targets = await context.services.publishing.publish(
            context.viewer, content, platforms
        )
        return PublishResult(
            content=Content.of(content), targets=[PublishTarget.of(target) for target in targets]
        )

    @field(
        "Try a target again that failed, or that the platform did not confirm.",
        needs(Permission.CONTENT_PUBLISH),
    )
    async def retry_target(self, info: Info, id: strawberry.ID) -> PublishTarget:
        """Waiting again."""
        context = info.context
        return PublishTarget.of(await context.services.publishing.retry_target(context.viewer, id))

    @field("Take back a target that has not gone out.", needs(Permission.CONTENT_PUBLISH))
    async def cancel_target(self, info: Info, id: strawberry.ID) -> PublishTarget:
        """Cancelled."""
        context = info.context
        return PublishTarget.of(await context.services.publishing.cancel_target(context.viewer, id))
