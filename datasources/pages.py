"""Keyset pages: a slice of a list is found by where the last one ended, never by counting."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from datasources.collection import Collection, Filter, Record, Sort

R = TypeVar("R", bound=Record)


class Position(msgspec.Struct, frozen=True):
    """A place in a list: the value that the list is ordered by (None sorts lowest), and the id."""

    value: datetime | None
    id: str


class Order(msgspec.Struct, frozen=True):
    """What a list is ordered by, ties broken by id. `field` is `_id` for the order of making."""

    field: str = "_id"
    descending: bool = True

    def reversed(self) -> Order:
        """The same list read from its end."""
        return Order(self.field, not self.descending)

    def sort(self) -> Sort:
        """As the driver takes it."""
        way = -1 if self.descending else 1
        return [("_id", way)] if self.field == "_id" else [(self.field, way), ("_id", way)]

    def position(self, record: Record) -> Position:
        """Where a record stands."""
        return Position(None if self.field == "_id" else getattr(record, self.field), record.id)


class Window(msgspec.Struct, frozen=True):
    """Which slice is wanted: `size` records after or before a position, from either end."""

    size: int
    after: Position | None = None
    before: Position | None = None
    from_end: bool = False


class Page(msgspec.Struct, Generic[R], frozen=True):
    """A slice of a list, in the list's order."""

    records: list[R]
    order: Order
    has_next: bool
    has_previous: bool


async def page(collection: Collection[R], filter: Filter, order: Order, window: Window) -> Page[R]:
    """Read a slice: one command, one record more than asked to know whether there are others."""
    reading = order.reversed() if window.from_end else order
    start, stop = (
        (window.before, window.after) if window.from_end else (window.after, window.before)
    )
    bounds = [beyond(reading, start)] if start else []
    bounds += [beyond(reading.reversed(), stop)] if stop else []
    wanted: Filter = {"$and": [filter, *bounds]} if bounds else filter
    found = await collection.find(wanted, sort=reading.sort(), limit=window.size + 1)
    more, records = len(found) > window.size, found[: window.size]
    if window.from_end:
        records.reverse()
        return Page(records, order, has_next=window.before is not None, has_previous=more)
    return Page(records, order, has_next=more, has_previous=window.after is not None)


def beyond(order: Order, at: Position) -> dict[str, Any]:
    """The filter for everything that comes after a position in this order."""
    way = "$lt" if order.descending else "$gt"
    if order.field == "_id":
        return {"_id": {way: at.id}}
    field, tied = order.field, {order.field: at.value, "_id": {way: at.id}}
    if at.value is None:
        return tied if order.descending else {"$or": [tied, {field: {"$type": "date"}}]}
    ahead: list[dict[str, Any]] = [tied, {field: {way: at.value}}]
    if order.descending:
        ahead.append({field: None})
    return {"$or": ahead}
