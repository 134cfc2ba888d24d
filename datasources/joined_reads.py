"""Reads by id that are asked for at the same time leave as one command, whatever they are of.

A command costs the driver more than what it asks, so pieces, memberships and people are one
question to the database: `$unionWith` joins what the collections answer, and each answer says whose
it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pymongo.asynchronous.database import AsyncDatabase

from datasources.coalesce import Coalescer
from datasources.failures import mongo_failures

Document = dict[str, Any]

JOINED = 200
"""Who asks for more ids than this has to ask alone: others would wait for what is not theirs."""


class Source(Protocol):
    """A collection that is read by id."""

    name: str

    def of(self, found: Document) -> Any:
        """The record in a stored document."""

    async def fetch(self, ids: Sequence[str]) -> Sequence[Any]:
        """Those that exist of these ids, by a command of their own."""


Key = tuple[Source, str]


class JoinedReads:
    """The reads by id of one database."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._database = database
        self._joined: Coalescer[Key, Any] = Coalescer(self._fetch, "ids")

    async def get_many(self, source: Source, ids: Sequence[str]) -> list[Any]:
        """A record an id, in the order asked, None where there is none."""
        return await self._joined.get_many([(source, id) for id in ids], f"read {source.name}")

    async def _fetch(self, keys: Sequence[Key]) -> Mapping[Key, Any]:
        wanted: dict[Source, list[str]] = {}
        for source, id in keys:
            wanted.setdefault(source, []).append(id)
        if len(wanted) == 1:
            [(source, ids)] = wanted.items()
            return {(source, record.id): record for record in await source.fetch(ids)}
        return await self._together(wanted, len(keys))

    async def _together(self, wanted: Mapping[Source, Sequence[str]], most: int) -> dict[Key, Any]:
        sources = list(wanted)
        first, *others = [branch(n, ids) for n, ids in enumerate(wanted.values())]
        unions = [
            {"$unionWith": {"coll": source.name, "pipeline": pipeline}}
            for source, pipeline in zip(sources[1:], others, strict=True)
        ]
        collection = self._database[sources[0].name]
        with mongo_failures():
            cursor = await collection.aggregate([*first, *unions], batchSize=most + 1)
            answers = await cursor.to_list()
        found: dict[Key, Any] = {}
        for answer in answers:
            source = sources[answer["n"]]
            found[source, answer["found"]["_id"]] = source.of(answer["found"])
        return found


def branch(n: int, ids: Sequence[str]) -> list[Document]:
    """What one collection is asked: documents as `{n, found}`, which tells them from others'."""
    return [{"$match": by_id(ids)}, {"$replaceWith": {"n": n, "found": "$$ROOT"}}]


def by_id(ids: Sequence[str]) -> Document:
    """The filter that one of these ids fits."""
    return {"_id": ids[0]} if len(ids) == 1 else {"_id": {"$in": list(ids)}}
