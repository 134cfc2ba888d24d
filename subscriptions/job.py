"""Jobs: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs
from schema.types.job import Job
from services.events import Delivered
from services.job_events import UPDATED
from subscriptions.listening import listen

MOVED = frozenset({UPDATED})


@strawberry.type
class JobSubscriptions:
    """How a job goes on."""

    @subscription("A job, each time its state changes.", needs(Permission.CONTENT_READ))
    async def job_updated(
        self, info: Info, id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[Job, None]:
        """The job."""
        context, jobs = info.context, info.context.services.jobs
        await jobs.get(context.viewer, id)

        async def load(_: Delivered) -> Job:
            return Job.of(await jobs.get(context.viewer, id))

        async for job in listen(context, f"job:{id}", MOVED, after, load):
            yield job
