"""Relay's page information, and how a page of records becomes edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import strawberry

from datasources.collection import Record
from datasources.pages import Page
from services.cursors import encode

R = TypeVar("R", bound=Record)
E = TypeVar("E")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def edges_of(page: Page[R], edge: Callable[[str, R], E]) -> tuple[list[E], PageInfo]:
    """An edge a record, made by `edge(cursor, record)`, and the page information."""
    cursors = [encode(page.order, page.order.position(record)) for record in page.records]
    edges = [edge(cursor, record) for cursor, record in zip(cursors, page.records, strict=True)]
    info = PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    return edges, info
