"""Jobs: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import JobState, Permission
from schema.fields import field
from schema.permissions import needs
from schema.types.job import Job, JobConnection
from services.cursors import window
from services.jobs import LISTED


@strawberry.type
class JobQueries:
    """Reading."""

    @field("A job, how far it is and what came of it.", needs(Permission.CONTENT_READ))
    async def job(self, info: Info, id: strawberry.ID) -> Job | None:
        """By its id."""
        context = info.context
        return Job.of(await context.services.jobs.get(context.viewer, id))

    @field("A workspace's jobs, latest first.", needs(Permission.CONTENT_READ))
    async def jobs(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        state: JobState | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> JobConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        return JobConnection.of(
            await context.services.jobs.page(context.viewer, workspace, state, slice)
        )


@strawberry.type
class JobMutations:
    """Acting."""

    @field(
        "Stop a job that is QUEUED or RUNNING. It keeps nothing; what its models have used up is "
        "charged.",
        needs(Permission.CONTENT_WRITE),
    )
    async def cancel_job(self, info: Info, id: strawberry.ID) -> Job:
        """As it is now."""
        context = info.context
        return Job.of(await context.services.jobs.cancel(context.viewer, id))

    @field("Try a job again that is FAILED or DEAD.", needs(Permission.CONTENT_WRITE))
    async def retry_job(self, info: Info, id: strawberry.ID) -> Job:
        """As it is now."""
        context = info.context
        return Job.of(await context.services.jobs.retry(context.viewer, id))

    @field(
        "Try a workspace's DEAD jobs again, the oldest hundred; how many.",
        needs(Permission.WORKSPACE_WRITE),
    )
    async def replay_dead_jobs(self, info: Info, workspace_id: strawberry.ID | None = None) -> int:
        """The number."""
        context = info.context
        workspace = await home(context, workspace_id)
        return await context.services.jobs.replay(context.viewer, workspace)
