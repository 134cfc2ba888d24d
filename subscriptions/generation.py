"""Generation: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncIterator

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs
from schema.types.generation import GenerationProgress


@strawberry.type
class GenerationSubscriptions:
    """How writing goes on."""

    @subscription(
        "Stages and words of a job that writes, as they come; it ends with the job.",
        needs(Permission.CONTENT_READ),
    )
    async def generation_progress(
        self, info: Info, job_id: strawberry.ID
    ) -> AsyncIterator[GenerationProgress]:
        """Progress."""
        context = info.context
        await context.services.jobs.get(context.viewer, job_id)
        follow = context.services.generation.follow(context.viewer, job_id)
        return (GenerationProgress.of(each) async for each in follow)
