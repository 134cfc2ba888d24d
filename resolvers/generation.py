"""Generation: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission, Platform
from schema.fields import field
from schema.inputs.generation import GenerateContentInput
from schema.permissions import needs
from schema.types.content import Content
from schema.types.generation import Ideas
from schema.types.job import Job

COST = 100
USUAL = 5
WAITS = "Waits for it; JOB_PENDING, with `jobId`, where that takes too long."


def usual(count: int | None) -> int:
    """The count, where one was given."""
    return USUAL if count is None else count


@strawberry.type
class GenerationQueries:
    """What to write about."""

    @field(
        "Topics within a pillar, 1 to 18 of them, else 5. The same question has the same answer "
        "for a day.",
        needs(Permission.CONTENT_WRITE),
        cost=COST,
    )
    async def ideas(
        self,
        info: Info,
        pillar: str,
        count: int | None = None,
        workspace_id: strawberry.ID | None = None,
    ) -> Ideas:
        """Some ideas."""
        context = info.context
        workspace = await home(context, workspace_id)
        return Ideas.of(
            *await context.services.ideas.ideas(context.viewer, workspace, pillar, usual(count))
        )

    @field(
        "A series on one topic, each part building on the one before: 1 to 18 of them, else 5.",
        needs(Permission.CONTENT_WRITE),
        cost=COST,
    )
    async def series_plan(
        self,
        info: Info,
        topic: str,
        parts: int | None = None,
        workspace_id: strawberry.ID | None = None,
    ) -> Ideas:
        """The parts in their order."""
        context = info.context
        workspace = await home(context, workspace_id)
        return Ideas.of(
            *await context.services.ideas.ideas(
                context.viewer, workspace, topic, usual(parts), series=True
            )
        )


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

    @field(
        "Have a piece changed as an instruction says: a new version of it. CONFLICT if it is "
        f"changed meanwhile. {WAITS}",
        needs(Permission.CONTENT_WRITE),
        cost=COST,
    )
    async def improve_content(self, info: Info, id: strawberry.ID, instruction: str) -> Content:
        """The piece as it is then."""
        context, service = info.context, info.context.services.generation
        job = await service.improve(context.viewer, id, instruction)
        (piece,) = await service.pieces(context.viewer, job)
        return Content.of(piece)

    @field(
        f"Have a piece put into the form of other platforms: a new draft for each. {WAITS}",
        needs(Permission.CONTENT_WRITE),
        cost=COST,
    )
    async def repurpose_content(
        self, info: Info, id: strawberry.ID, platforms: list[Platform]
    ) -> list[Content]:
        """The drafts, in the order of the platforms."""
        context, service = info.context, info.context.services.generation
        job = await service.repurpose(context.viewer, id, platforms)
        return [Content.of(piece) for piece in await service.pieces(context.viewer, job)]
