"""What is sent to find content."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import ContentStatus, ContentType, Platform
from services.search_query import SearchQuery


@strawberry.input(
    description="All that is given has to fit. Within one list any will do, but for `tags`: all "
    "of them. Without a status the archive is left out."
)
class SearchFilter:
    """`created_from` is inclusive, `created_to` is not."""

    types: list[ContentType] = strawberry.field(default_factory=list)
    statuses: list[ContentStatus] = strawberry.field(default_factory=list)
    platforms: list[Platform] = strawberry.field(default_factory=list)
    tags: list[str] = strawberry.field(default_factory=list)
    created_from: datetime | None = None
    created_to: datetime | None = None


@strawberry.input(description="A search to be kept.")
class SaveSearchInput:
    """`workspace_id` is the personal workspace where it is left out."""

    name: str
    query: str
    filter: SearchFilter | None = None
    workspace_id: strawberry.ID | None = None


def search_query_of(filter: SearchFilter | None) -> SearchQuery:
    """As the service takes it."""
    if filter is None:
        return SearchQuery()
    return SearchQuery(
        types=filter.types,
        statuses=filter.statuses,
        platforms=filter.platforms,
        tags=filter.tags,
        created_from=filter.created_from,
        created_to=filter.created_to,
    )
