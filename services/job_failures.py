"""What may be said of a job instead of what was asked for."""

from __future__ import annotations

from typing import ClassVar

from datasources.tracked_jobs import TrackedJob
from services.failures import Failure


class JobNotCancellable(Failure):
    """What has ended cannot be cancelled."""

    code = "JOB_NOT_CANCELLABLE"

    def __init__(self, job: TrackedJob) -> None:
        super().__init__(
            f"The job {job.id!r} is {job.state.value}: only one that is QUEUED or RUNNING can be "
            "cancelled.",
            state=job.state.value,
        )


class JobNotRetryable(Failure):
    """Only what failed can be tried again."""

    code = "JOB_NOT_RETRYABLE"

    def __init__(self, job: TrackedJob) -> None:
        super().__init__(
            f"The job {job.id!r} is {job.state.value}: only one that is FAILED or DEAD can be "
            "tried again.",
            state=job.state.value,
        )


class JobPending(Failure):
    """It takes longer than one waits for it: it goes on, and can be followed."""

    code = "JOB_PENDING"

    def __init__(self, job: TrackedJob) -> None:
        super().__init__(
            f"This takes longer. Ask for job(id: {job.id!r}), or subscribe to jobUpdated.",
            jobId=job.id,
        )


class JobEnded(Failure):
    """A job that was waited for has failed, or was cancelled: its own code says why."""

    code: ClassVar[str] = ""

    def __init__(self, job: TrackedJob) -> None:
        code = job.code or f"JOB_{job.state.value}"
        super().__init__(job.cause or "The job was cancelled.", code=code, jobId=job.id)
