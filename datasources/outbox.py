"""The outbox: events and jobs are written with the change that causes them, and told after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record


class Event(Record, frozen=True, kw_only=True):
    """Something that happened. It carries ids, never content: a listener reads what it may see.

    `topics` are where it is told: `user:usr_…`, `workspace:wsp_…`, `content:cnt_…`.
    `relayed_at` is set once Redis has it.
    """

    type: str
    topics: list[str]
    subject: str
    workspace_id: str | None = None
    data: dict[str, Any] = {}
    at: datetime
    relayed_at: datetime | None = None


class Outbox(Collection[Event]):
    """Events that are to be told, and for a day those that were."""

    name = "outbox"
    record = Event
    indexes = (
        IndexModel([("relayed_at", ASCENDING), ("_id", ASCENDING)], name="waiting"),
        IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=86_400),
    )


class Job(Record, frozen=True, kw_only=True):
    """Work to be queued. Its id is the job's key: while a key is queued it is not queued again."""

    task: str
    arguments: dict[str, Any]
    due: datetime | None = None
    at: datetime
    queued_at: datetime | None = None


class Jobs(Collection[Job]):
    """Jobs that are to be queued."""

    name = "outbox_jobs"
    record = Job
    indexes = (IndexModel([("queued_at", ASCENDING), ("_id", ASCENDING)], name="waiting"),)
