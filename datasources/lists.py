"""Lists of one shape that are asked for at the same time leave as one command.

A list has the shape of another if both are of one collection, and their filter, order, limit and
offset differ in nothing but the value of one field: the pieces of this workspace and of that one.
The database is given the values, and looks up the list of each by its index.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

import bson

from datasources.coalesce import Coalescer

R = TypeVar("R")
Document = dict[str, Any]
Key = str | tuple[str, ...]
"""One value, or several of which any will do."""


class Asked(NamedTuple):
    """A list that is asked for. `limit` 0 is all."""

    filter: Mapping[str, Any]
    sort: Sequence[tuple[str, int]]
    limit: int
    skip: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What lists have in common that can be read together: all but the value of `field`."""

    field: str
    rest: Mapping[str, Any]
    asked: Asked

    @property
    def key(self) -> bytes:
        """The same for the same shape. Raises what BSON raises for a value that is none."""
        _, sort, limit, skip = self.asked
        return bson.encode({"f": self.field, "r": self.rest, "s": sort, "l": limit, "o": skip})

    def asked_for(self, key: Key) -> Asked:
        """The list of one key."""
        value = {"$in": list(key)} if isinstance(key, tuple) else key
        return self.asked._replace(filter={self.field: value, **self.rest})

    def stages(self) -> list[Document]:
        """What is done with what has the value."""
        _, sort, limit, skip = self.asked
        stages: list[Document] = [{"$match": self.rest}] if self.rest else []
        stages += [{"$sort": dict(sort)}] if sort else []
        stages += [{"$skip": skip}] if skip else []
        return [*stages, {"$limit": limit}]

    def command(self, collection: str, keys: Sequence[Key]) -> list[Document]:
        """The pipeline, of the database, that answers one document a key: `n` and its `found`."""
        wanted = [
            {"n": number, "k": list(key) if isinstance(key, tuple) else key}
            for number, key in enumerate(keys)
        ]
        looked = {
            "from": collection,
            "localField": "k",
            "foreignField": self.field,
            "pipeline": self.stages(),
            "as": "found",
        }
        return [{"$documents": wanted}, {"$lookup": looked}, {"$project": {"k": 0}}]


class Lists(Generic[R]):
    """The lists of one collection. `alone` reads one, `together` those of several keys."""

    def __init__(
        self,
        alone: Callable[[Asked], Awaitable[list[R]]],
        together: Callable[[Shape, Sequence[Key]], Awaitable[list[list[R]]]],
        name: str,
    ) -> None:
        self._name = f"lists of {name}"
        self._alone = alone
        self._together = together
        self._shapes: dict[bytes, Coalescer[Key, list[R]]] = {}

    async def find(self, asked: Asked) -> list[R]:
        """The list, read with others that are asked for meanwhile."""
        found = keyed(asked)
        if found is None:
            return await self._alone(asked)
        key, shape = found
        name = shape.key
        reads = self._shapes.get(name)
        if reads is None:
            reads = self._shapes[name] = Coalescer(partial(self._fetch, shape), self._name)
        try:
            (records,) = await reads.get_many([key])
        finally:
            if reads.idle:
                self._shapes.pop(name, None)
        return list(records or ())

    async def _fetch(self, shape: Shape, keys: list[Key]) -> Mapping[Key, list[R]]:
        if len(keys) == 1:
            return {keys[0]: await self._alone(shape.asked_for(keys[0]))}
        return dict(zip(keys, await self._together(shape, keys), strict=True))


def keyed(asked: Asked) -> tuple[Key, Shape] | None:
    """The value by which a list can be read together with others, and the shape around it.

    None for a list without an end, or whose filter does not begin with such a field.
    """
    if not asked.limit or any(name.startswith("$") for name in asked.filter):
        return None
    field = next(iter(asked.filter), "_id")
    key = key_of(asked.filter.get(field))
    if key is None or field == "_id":
        return None
    rest = {name: value for name, value in asked.filter.items() if name != field}
    return key, Shape(field, rest, asked)


def key_of(value: object) -> Key | None:
    """The value that a field has to have, or those of which any will do; None for other tests."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value.keys() == {"$in"}:
        values = value["$in"]
        if values and all(isinstance(each, str) for each in values):
            return tuple(values)
    return None
