"""Trend sources: the feeds that a workspace subscribes to."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import trend_sources as records
from datasources.pages import Page
from schema.enums import TrendSourceState
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.types.user import User


@strawberry.type(description="A feed that a workspace subscribes to, for topics that rise there.")
class TrendSource:
    """The feed, and how it was when it was last looked at."""

    id: strawberry.ID
    added_by_id: strawberry.Private[str | None]
    url: str
    title: str | None
    state: TrendSourceState
    problem: str | None = strawberry.field(
        description="Why it cannot be read, and what to do; null while it can."
    )
    problem_code: str | None
    items: int = strawberry.field(description="How many entries it had then; 100 at most are read.")
    checked_at: datetime | None
    next_check_at: datetime
    created_at: datetime
    added_by: User | None = relation(
        "added_by_id", "users", "Who added it; null once that account was deleted."
    )

    @classmethod
    def of(cls, record: records.TrendSource) -> TrendSource:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            added_by_id=record.added_by,
            url=record.url,
            title=record.title,
            state=record.state,
            problem=record.problem,
            problem_code=record.problem_code,
            items=record.items,
            checked_at=record.checked_at,
            next_check_at=record.next_check_at,
            created_at=record.created_at,
        )


@strawberry.type
class TrendSourceEdge:
    """A source and its place in the list."""

    cursor: str
    node: TrendSource


@strawberry.type(description="A page of trend sources.")
class TrendSourceConnection:
    """Relay's connection."""

    edges: list[TrendSourceEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[records.TrendSource]) -> TrendSourceConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: TrendSourceEdge(cursor=cursor, node=TrendSource.of(record))
        )
        return cls(edges=edges, page_info=info)
