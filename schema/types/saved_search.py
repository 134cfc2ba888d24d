"""Saved searches, and searches of late."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import searches
from datasources.pages import Page
from schema.enums import ContentStatus, ContentType, Platform
from schema.pagination import PageInfo, edges_of


@strawberry.type(description="What a search is narrowed by, as `SearchFilter` has it.")
class SearchCriteria:
    """The filter."""

    types: list[ContentType]
    statuses: list[ContentStatus]
    platforms: list[Platform]
    tags: list[str]
    created_from: datetime | None
    created_to: datetime | None

    @classmethod
    def of(cls, kept: searches.KeptFilter) -> SearchCriteria:
        """From what is stored."""
        return cls(
            types=kept.types,
            statuses=kept.statuses,
            platforms=kept.platforms,
            tags=kept.tags,
            created_from=kept.created_from,
            created_to=kept.created_to,
        )


@strawberry.type(description="A search that you keep under a name.")
class SavedSearch:
    """Nobody else sees it."""

    id: strawberry.ID
    name: str
    query: str
    filter: SearchCriteria
    created_at: datetime

    @classmethod
    def of(cls, record: searches.SavedSearch) -> SavedSearch:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            name=record.name,
            query=record.query,
            filter=SearchCriteria.of(record.filter),
            created_at=record.created_at,
        )


@strawberry.type
class SavedSearchEdge:
    """A saved search and its place in the list."""

    cursor: str
    node: SavedSearch


@strawberry.type(description="A page of saved searches.")
class SavedSearchConnection:
    """Relay's connection."""

    edges: list[SavedSearchEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[searches.SavedSearch]) -> SavedSearchConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, each: SavedSearchEdge(cursor=cursor, node=SavedSearch.of(each))
        )
        return cls(edges=edges, page_info=info)


@strawberry.type(description="A search that you made, and when you last did.")
class PastSearch:
    """Nobody else sees it."""

    query: str
    filter: SearchCriteria
    at: datetime

    @classmethod
    def of(cls, record: searches.PastSearch) -> PastSearch:
        """From its record."""
        return cls(query=record.query, filter=SearchCriteria.of(record.filter), at=record.at)


@strawberry.type
class PastSearchEdge:
    """A search of late and its place in the list."""

    cursor: str
    node: PastSearch


@strawberry.type(description="A page of searches of late.")
class PastSearchConnection:
    """Relay's connection."""

    edges: list[PastSearchEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[searches.PastSearch]) -> PastSearchConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, each: PastSearchEdge(cursor=cursor, node=PastSearch.of(each))
        )
        return cls(edges=edges, page_info=info)
