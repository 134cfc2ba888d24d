"""Opaque cursors for lists: which order, which place."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import TypeVar

import msgspec

from datasources.pages import Order, Position, Window
from services.failures import BadInput

MOST = 100

S = TypeVar("S", bound=msgspec.Struct)


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """What a cursor holds. It fits the order it was made for, and no other."""

    field: str
    descending: bool
    value: datetime | None
    id: str


def encode(order: Order, position: Position) -> str:
    """The cursor of one record, safe in a URL."""
    return packed(Cursor(order.field, order.descending, position.value, position.id))


def decode(field: str, cursor: str, order: Order) -> Position:
    """The place that a cursor names; BadInput for one that is not ours, or of another order."""
    held = unpacked(field, cursor, Cursor)
    if (held.field, held.descending) != (order.field, order.descending):
        raise BadInput(field, "belongs to a list in another order.", "a cursor of this same list")
    return Position(held.value, held.id)


def packed(held: msgspec.Struct) -> str:
    """What a cursor holds, as an opaque text that is safe in a URL."""
    return base64.urlsafe_b64encode(msgspec.json.encode(held)).decode().rstrip("=")


def unpacked(field: str, cursor: str, type: type[S]) -> S:
    """What a cursor holds; BadInput for one that was not packed from that type."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=type)
    except (binascii.Error, msgspec.DecodeError, ValueError):
        raise BadInput(field, "is not a cursor of this server.", "a cursor from pageInfo") from None


def window(
    order: Order,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    default: int = 20,
) -> Window:
    """The slice that Relay's four arguments ask for; BadInput for what makes no sense."""
    if first is not None and last is not None:
        raise BadInput("last", "cannot go together with first.", "one of first and last")
    size = size_of("first", first) if last is None else size_of("last", last)
    return Window(
        size=default if size is None else size,
        after=None if after is None else decode("after", after, order),
        before=None if before is None else decode("before", before, order),
        from_end=last is not None,
    )


def size_of(field: str, size: int | None) -> int | None:
    """A page size between 1 and 100."""
    if size is not None and not 1 <= size <= MOST:
        raise BadInput(field, f"is {size}.", f"1 to {MOST}")
    return size
