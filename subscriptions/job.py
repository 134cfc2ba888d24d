"""Jobs: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import subscription
from schema.permissions import needs
from schema.types.job import Job
from services.events import Delivered
from services.job_events import UPDATED
from services.services import Services
from services.viewer import Viewer
from subscriptions.listening import Told, follow

MOVED = frozenset({UPDATED})


@strawberry.type
class JobSubscriptions:
    """How a job goes on."""

    @subscription(
        "A job, each time it gets to another state or stage.", needs(Permission.CONTENT_READ)
    )
    async def job_updated(
        self, info: Info, id: strawberry.ID, after: str | None = None
    ) -> AsyncIterable[Job]:
        """The job."""
        context = info.context
        await context.services.jobs.get(context.viewer, id)
        return follow(context, f"job:{id}", MOVED, after, moved)


async def moved(services: Services, delivered: Delivered, viewers: Sequence[Viewer]) -> Told[Job]:
    """The job as it is now, for those who may read where it belongs."""
    found, allowed = await services.jobs.shown(viewers, delivered.event.subject)
    return (None if found is None else Job.of(found)), allowed
