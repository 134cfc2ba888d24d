"""Turns: so many jobs of a workspace run at once, the others are parked until one ends."""

from __future__ import annotations

from datasources.job_slots import JobSlots
from datasources.tracked_jobs import JobState, TrackedJob, TrackedJobs
from services.job_events import JobEvents


class JobTurns:
    """Gives slots to jobs. One that holds a slot keeps it until it ends, whoever works on it."""

    def __init__(self, jobs: TrackedJobs, slots: JobSlots, told: JobEvents, at_once: int) -> None:
        self._jobs = jobs
        self._slots = slots
        self._told = told
        self._at_once = at_once

    async def take(self, job: TrackedJob) -> bool:
        """A slot, or the job is parked: whoever gives one back wakes it.

        It looks once more after it has parked, as the last slot may have come back in between.
        """
        if await self._slots.take(job.workspace_id, job.id, self._at_once):
            return True
        wanted = {"_id": job.id, "run": job.run, "state": JobState.QUEUED}
        await self._jobs.update(wanted, {"$set": {"parked": True}})
        return await self._slots.take(job.workspace_id, job.id, self._at_once)

    async def free(self, job: TrackedJob) -> None:
        """Within a transaction: give the slot back and wake the next that waits for one."""
        await self._slots.release(job.workspace_id, [job.id])
        waiting = await self._jobs.next_parked(job.workspace_id)
        if waiting is not None:
            woken = await self._told.save(waiting, parked=False, run=waiting.run + 1)
            await self._told.queue(woken)
