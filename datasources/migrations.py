"""Indexes and schema versions: brought up to date once, however many processes start together."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import bson

from datasources.carrying import carry
from datasources.collection import Collection
from datasources.failures import Duplicate, mongo_failures
from datasources.mongo import Mongo

LEASE = timedelta(seconds=30)
POLL = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the stored data. `version` rises by one with each; `run` may run twice."""

    version: int
    about: str
    run: Callable[[Mongo], Awaitable[None]]


def declared(collections: Sequence[Collection[Any]]) -> str:
    """A hash of the indexes of these collections, another one if any of them is changed."""
    documents = {each.name: [index.document for index in each.indexes] for each in collections}
    return hashlib.sha256(bson.encode(documents)).hexdigest()


async def carry_days(mongo: Mongo) -> None:
    """What processes of the version before write later is carried over by the worker."""
    await carry(mongo)


STEPS: Sequence[Step] = (Step(1, "figures by day", carry_days),)
"""Changes of stored data, oldest first. Indexes are no steps: they are made wherever missing."""


class Migrations:
    """What has been done is kept in `migrations`; a lease there lets one process work at a time."""

    def __init__(
        self,
        mongo: Mongo,
        collections: Sequence[Collection[Any]],
        steps: Sequence[Step] = STEPS,
    ) -> None:
        self._mongo = mongo
        self._collections = collections
        self._steps = steps
        self._state = mongo.database["migrations"]
        self._me = uuid4().hex

    async def pending(self) -> list[Step]:
        """Steps that have not been done."""
        done = (await self._kept()).get("version", 0)
        return [step for step in self._steps if step.version > done]

    async def run(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Make the indexes that are missing and do the pending steps; wait for whoever does so."""
        while not await self._lease():  # noqa: ASYNC110 - another process holds it
            await asyncio.sleep(POLL)
        renewing = asyncio.create_task(self._renew())
        try:
            await self._indexes(progress)
            for step in await self.pending():
                progress(f"Migrating to version {step.version}: {step.about}")
                await step.run(self._mongo)
                await self._set({"version": step.version})
        finally:
            renewing.cancel()
            await self._set({"holder": None, "until": None})

    async def _indexes(self, progress: Callable[[str], None]) -> None:
        """Make what is missing, unless as many are there as when the same ones were made last."""
        indexed = [each for each in self._collections if each.indexes]
        if indexed and (await self._kept()).get("indexes") != await self._found(indexed):
            for collection in indexed:
                with mongo_failures():
                    await collection.raw.create_indexes(list(collection.indexes))
            await self._set({"indexes": await self._found(indexed)})
        progress(f"Indexes of {len(self._collections)} collections are there.")

    async def _kept(self) -> dict[str, Any]:
        """What was written down of what has been done."""
        with mongo_failures():
            return await self._state.find_one({"_id": "state"}) or {}

    async def _found(self, indexed: Sequence[Collection[Any]]) -> dict[str, Any]:
        """What is declared, as one hash, and how many indexes the whole database has."""
        with mongo_failures():
            stats = await self._mongo.database.command("dbStats")
        return {"declared": declared(indexed), "number": stats["indexes"]}

    async def _lease(self) -> bool:
        now = datetime.now(UTC)
        free = {"_id": "state", "$or": [{"until": None}, {"until": {"$lt": now}}]}
        taken = {"$set": {"holder": self._me, "until": now + LEASE}}
        try:
            with mongo_failures():
                found = await self._state.update_one(free, taken, upsert=True)
        except Duplicate:
            return False
        return found.modified_count == 1 or found.upserted_id is not None

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            await self._set({"until": datetime.now(UTC) + LEASE})

    async def _set(self, values: dict[str, Any]) -> None:
        with mongo_failures():
            await self._state.update_one({"_id": "state", "holder": self._me}, {"$set": values})
