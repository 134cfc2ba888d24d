"""Jobs as people see them: what was asked for, how far it is, what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record


class JobState(StrEnum):
    """Where a job stands. FAILED: it cannot be done so. DEAD: it was tried too often."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    DEAD = "DEAD"
    CANCELLED = "CANCELLED"


OPEN = (JobState.QUEUED, JobState.RUNNING)
RETRYABLE = (JobState.FAILED, JobState.DEAD)


class TrackedJob(Record, frozen=True, kw_only=True):
    """One job. `cost` is in millionths of a US dollar, `progress` from 0 to 1.

    `run` rises each time it is queued: what is queued of an earlier run does nothing.
    `attempt` rises each time a worker takes it: what an earlier one has to say does not count.
    `failures` are attempts that raised, `deaths` those whose worker vanished, both since a person
    last asked for it. `parked` ones wait until their workspace has fewer running.
    """

    workspace_id: str
    user_id: str | None
    kind: str
    arguments: dict[str, Any]
    state: JobState = JobState.QUEUED
    stage: str = "queued"
    progress: float = 0.0
    run: int = 1
    attempt: int = 0
    failures: int = 0
    deaths: int = 0
    parked: bool = False
    express: bool = False
    due: datetime | None = None
    code: str | None = None
    cause: str | None = None
    cost: int = 0
    result: dict[str, Any] | None = None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether something may still come of it by itself."""
        return self.state in OPEN


class TrackedJobs(Collection[TrackedJob]):
    """All jobs that people asked for."""

    name = "jobs"
    record = TrackedJob
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel(
            [("workspace_id", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING)],
            name="by_state",
        ),
        IndexModel([("state", ASCENDING), ("updated_at", ASCENDING)], name="untouched"),
        IndexModel([("user_id", ASCENDING)], name="of_user"),
    )

    async def lost(self, state: JobState, before: datetime, limit: int) -> list[TrackedJob]:
        """Jobs in that state that nothing has happened to since, and that were due by then."""
        due = {"$or": [{"due": None}, {"due": {"$lt": before}}]}
        wanted = {"state": state, "updated_at": {"$lt": before}, **due}
        return await self.find(wanted, sort=[("updated_at", ASCENDING)], limit=limit)

    async def next_parked(self, workspace_id: str) -> TrackedJob | None:
        """The oldest that waits for its turn in a workspace."""
        wanted = {"workspace_id": workspace_id, "state": JobState.QUEUED, "parked": True}
        return await self.find_one(wanted, sort=[("_id", ASCENDING)])
