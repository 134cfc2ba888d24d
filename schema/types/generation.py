"""Generation while it goes on."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from schema.types.job import Job
from services import post_brief
from services.generation import Progress


@strawberry.type(description="A topic to write about.")
class Idea:
    """The idea."""

    topic: str
    angle: str = strawberry.field(description="How to go about it.")


@strawberry.type(description="Topics to write about, and who had them.")
class Ideas:
    """The ideas, in the order of a series where that was asked for."""

    ideas: list[Idea]
    model_used: str = strawberry.field(
        description="The model's name. `template`: no model, but templates that were filled in."
    )

    @classmethod
    def of(cls, found: Sequence[post_brief.Idea], model: str) -> Ideas:
        """From the service's."""
        ideas = [Idea(topic=each.topic, angle=each.angle) for each in found]
        return cls(ideas=ideas, model_used=model)


@strawberry.type(description="How far a job that writes is.")
class GenerationProgress:
    """The progress. The last message has the job as it ended."""

    job: Job
    stage: str
    progress: float
    text: str = strawberry.field(description="All that has been written so far.")
    delta: str = strawberry.field(
        description="What is new of it; all of it where the model began again."
    )

    @classmethod
    def of(cls, progress: Progress) -> GenerationProgress:
        """From the service's."""
        return cls(
            job=Job.of(progress.job),
            stage=progress.stage,
            progress=progress.progress,
            text=progress.text,
            delta=progress.delta,
        )
