"""A collection of one kind of record: what every noun's own collection is built on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from pymongo import IndexModel, ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from datasources.failures import mongo_failures
from datasources.joined_reads import JOINED, by_id
from datasources.lists import Asked, Key, Lists, Shape
from datasources.mongo import Document, Mongo, current_session

Filter = Mapping[str, Any]
Change = Mapping[str, Any]
Sort = Sequence[tuple[str, int]]


class Record(msgspec.Struct, frozen=True, kw_only=True, rename={"id": "_id"}):
    """A stored document, read-only. `id` is the document's `_id`."""

    id: str


R = TypeVar("R", bound=Record)


def document(record: msgspec.Struct) -> Document:
    """The record as the driver stores it: enums as their values, times as times."""
    plain: Document = msgspec.to_builtins(record, builtin_types=(datetime, bytes))
    return plain


class Collection(Generic[R]):
    """Reads and writes of one collection. Subclasses add the questions of their noun.

    Every call joins the transaction that is open around it, if there is one, and raises
    `Unavailable` when the database is away and `Duplicate` when a unique index refuses.
    """

    name: str
    record: type[R]
    indexes: Sequence[IndexModel] = ()

    def __init__(self, mongo: Mongo) -> None:
        self.mongo = mongo
        self.raw: AsyncCollection[Document] = mongo.database[self.name]
        self._lists: Lists[R] = Lists(self._find, self._find_together, self.name)

    def of(self, found: Document) -> R:
        """The record in a stored document."""
        return msgspec.convert(found, self.record)

    async def get(self, id: str) -> R | None:
        """The record of that id, None where there is none."""
        return (await self.get_many([id]))[0]

    async def get_many(self, ids: Sequence[str]) -> list[R | None]:
        """One entry an id, in the order asked. Concurrent calls share a command.

        Calls in a transaction, and those for very many, have their own.
        """
        if current_session.get() is None and len(ids) <= JOINED:
            return await self.mongo.reads.get_many(self, ids)
        found = {record.id: record for record in await self.fetch(ids)} if ids else {}
        return [found.get(id) for id in ids]

    async def fetch(self, ids: Sequence[str]) -> list[R]:
        """Those that exist of these ids, in any order, by a command of their own."""
        return await self._find(Asked(by_id(ids), (), 0, 0))

    async def find(
        self, filter: Filter, *, sort: Sort = (), limit: int = 0, skip: int = 0
    ) -> list[R]:
        """Records that fit, in order; `limit` 0 is all of them.

        Concurrent calls that differ in the value of the filter's first field share a command.
        """
        asked = Asked(filter, sort, limit, skip)
        if current_session.get() is None:
            return await self._lists.find(asked)
        return await self._find(asked)

    async def _find(self, asked: Asked) -> list[R]:
        with mongo_failures():
            cursor = self.raw.find(
                asked.filter,
                sort=list(asked.sort) or None,
                limit=asked.limit,
                skip=asked.skip,
                session=current_session.get(),
            )
            return [self.of(found) for found in await cursor.to_list()]

    async def _find_together(self, shape: Shape, keys: Sequence[Key]) -> list[list[R]]:
        with mongo_failures():
            cursor = await self.mongo.database.aggregate(shape.command(self.name, keys))
            answers = {each["n"]: each["found"] for each in await cursor.to_list()}
        return [[self.of(found) for found in answers[n]] for n in range(len(keys))]

    async def find_one(self, filter: Filter, *, sort: Sort = ()) -> R | None:
        """The first record that fits."""
        found = await self.find(filter, sort=sort, limit=1)
        return found[0] if found else None

    async def count(self, filter: Filter, *, limit: int = 0) -> int:
        """How many fit, counted up to `limit` where one is given."""
        most = {"limit": limit} if limit else {}
        with mongo_failures():
            return await self.raw.count_documents(filter, session=current_session.get(), **most)

    async def insert(self, record: R) -> R:
        """Store a new record."""
        with mongo_failures():
            await self.raw.insert_one(document(record), session=current_session.get())
        return record

    async def insert_many(self, records: Iterable[R]) -> None:
        """Store new records in order."""
        documents = [document(record) for record in records]
        if documents:
            with mongo_failures():
                await self.raw.insert_many(documents, session=current_session.get())

    async def update(
        self, filter: Filter, change: Change, *, sort: Sort = (), upsert: bool = False
    ) -> R | None:
        """Change the first record that fits, atomically; what it has become, or None."""
        with mongo_failures():
            found = await self.raw.find_one_and_update(
                filter,
                change,
                sort=list(sort) or None,
                upsert=upsert,
                return_document=ReturnDocument.AFTER,
                session=current_session.get(),
            )
        return None if found is None else self.of(found)

    async def update_many(self, filter: Filter, change: Change) -> int:
        """Change all that fit; how many were changed."""
        with mongo_failures():
            done = await self.raw.update_many(filter, change, session=current_session.get())
        return done.modified_count

    async def delete(self, id: str) -> bool:
        """Remove one record; whether there was one."""
        return await self.delete_many({"_id": id}) == 1

    async def delete_many(self, filter: Filter) -> int:
        """Remove all that fit; how many went."""
        with mongo_failures():
            done = await self.raw.delete_many(filter, session=current_session.get())
        return done.deleted_count
