"""Generation while it goes on."""

from __future__ import annotations

import strawberry

from schema.types.job import Job
from services.generation import Progress


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
