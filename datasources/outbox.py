"""The outbox: events and jobs are written with the change that causes them, and told after it."""

from __future__ import annotations

from collections.abc import Collection as Ids
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.read_concern import ReadConcern

from datasources.collection import Collection, Filter, Record, document
from datasources.failures import mongo_failures
from datasources.mongo import Mongo, current_session

KEPT_FOR = 86_400


class Event(Record, frozen=True, kw_only=True):
    """Something that happened. It carries ids, never content: a listener reads what it may see.

    `topics` are where it is told: `user:usr_…`, `workspace:wsp_…`, `content:cnt_…`.
    `data` holds what JSON holds. `relayed_at` is set once Redis has it. `traceparent` names the
    span that caused it, where that is traced.
    """

    type: str
    topics: list[str]
    subject: str
    workspace_id: str | None = None
    data: dict[str, Any] = {}
    at: datetime
    relayed_at: datetime | None = None
    traceparent: str | None = None


class Outbox(Collection[Event]):
    """Events that are to be told, and for a day those that were.

    The time to live counts from `relayed_at`: an event that waits has none and stays.
    """

    name = "outbox"
    record = Event
    indexes = (
        IndexModel([("relayed_at", ASCENDING), ("_id", ASCENDING)], name="waiting"),
        IndexModel([("relayed_at", ASCENDING)], name="expiry", expireAfterSeconds=KEPT_FOR),
        IndexModel([("topics", ASCENDING)], name="of_topic"),
    )

    def __init__(self, mongo: Mongo) -> None:
        super().__init__(mongo)
        # What a failover could still take back must not be told.
        self._safe = self.raw.with_options(read_concern=ReadConcern("majority"))

    async def waiting(self, limit: int, besides: Ids[str] = ()) -> list[Event]:
        """The oldest that were not told yet, by id, without those that are `besides`."""
        wanted: dict[str, Any] = {"relayed_at": None}
        if besides:
            wanted["_id"] = {"$nin": list(besides)}
        return await self._read(wanted, limit)

    async def told_since(self, moment: datetime, after: str, limit: int) -> list[Event]:
        """Those told at `moment` or later, by id, from the one behind the id `after`."""
        return await self._read({"relayed_at": {"$gte": moment}, "_id": {"$gt": after}}, limit)

    async def _read(self, wanted: Filter, limit: int) -> list[Event]:
        with mongo_failures():
            cursor = self._safe.find(wanted, sort=[("_id", ASCENDING)], limit=limit)
            return [self.of(found) for found in await cursor.to_list()]

    async def mark(self, events: Sequence[Event], now: datetime) -> None:
        """Note that these were told."""
        ids = [event.id for event in events]
        await self.update_many({"_id": {"$in": ids}}, {"$set": {"relayed_at": now}})

    async def forget(self, topics: Sequence[str]) -> None:
        """Take these topics off all events, and remove the events that no topic is left to."""
        named = {"topics": {"$in": list(topics)}}
        await self.update_many(named, {"$pull": named})
        await self.delete_many({"topics": []})


class Job(Record, frozen=True, kw_only=True):
    """Work to be queued. Its id is the job's key: asking again while it waits changes what waits.

    `revision` tells one asking from the next; `due` is when it runs, None is at once. `express`
    ones have workers of their own, and do not wait behind the others. `traceparent` names the
    span that asked for it, where that is traced.
    """

    task: str
    arguments: dict[str, Any]
    due: datetime | None = None
    express: bool = False
    at: datetime
    revision: str
    queued_at: datetime | None = None
    traceparent: str | None = None


class Jobs(Collection[Job]):
    """Jobs that are to be queued, and for a day those that were."""

    name = "outbox_jobs"
    record = Job
    indexes = (
        IndexModel([("queued_at", ASCENDING), ("_id", ASCENDING)], name="waiting"),
        IndexModel([("queued_at", ASCENDING)], name="expiry", expireAfterSeconds=KEPT_FOR),
    )

    async def ask(self, job: Job) -> None:
        """Store it as waiting, in place of what had its key before."""
        fields = document(job)
        with mongo_failures():
            await self.raw.replace_one(
                {"_id": fields["_id"]}, fields, upsert=True, session=current_session.get()
            )

    async def ask_once(self, jobs: Sequence[Job]) -> None:
        """Store these as waiting, save those whose key is known."""
        fields = [document(job) for job in jobs]
        asked = [
            UpdateOne({"_id": each["_id"]}, {"$setOnInsert": each}, upsert=True) for each in fields
        ]
        with mongo_failures():
            await self.raw.bulk_write(asked, ordered=False)

    async def waiting(self, after: str, limit: int) -> list[Job]:
        """Those not queued yet, by key, from the one behind the key `after`."""
        return await self.find(
            {"queued_at": None, "_id": {"$gt": after}}, sort=[("_id", ASCENDING)], limit=limit
        )

    async def mark(self, jobs: Sequence[Job], now: datetime) -> None:
        """Note that these were queued, save those that were asked for again meanwhile.

        What they are about is in the queue now, and is not kept twice.
        """
        queued = {"$set": {"queued_at": now, "arguments": {}}}
        changes = [UpdateOne({"_id": job.id, "revision": job.revision}, queued) for job in jobs]
        with mongo_failures():
            await self.raw.bulk_write(changes, ordered=False)
