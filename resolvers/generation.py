"""Generation: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.generation import GenerateContentInput
from schema.permissions import needs
from schema.types.content import Content
from schema.types.job import Job

COST = 100
WAITS = "Waits for it; JOB_PENDING, with `jobId`, where that takes too long."


@strawberry.type
class GenerationMutations:
    """Having something written."""

    @field(
        f"Have a piece written in your own voice: a draft, with its scores. {WAITS}",
        needs(Permission.CONTENT_WRITE),
        cost=COST,
    )
    async def generate_content(self, info: Info, input: GenerateContentInput) -> Content:
        """A generated draft."""
        context, service = info.context, info.context.services.generation
        workspace = await home(context, input.workspace_id)
        job = await service.start(context.viewer, workspace, input.request())
        (piece,) = await service.pieces(context.viewer, job)
        return Content.of(piece)

    @field(
        "The same, without waiting: follow it by `generationProgress` or `jobUpdated`.",
        needs(Permission.CONTENT_WRITE),
        cost=COST,
    )
    async def start_generation(self, info: Info, input: GenerateContentInput) -> Job:
        """The job."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        return Job.of(
            await context.services.generation.start(context.viewer, workspace, input.request())
        )
