"""Search: Query fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.search import SearchFilter, search_query_of
from schema.permissions import needs
from schema.types.search import ScoredContent, ScoredTopic, SearchConnection


@strawberry.type
class SearchQueries:
    """Finding."""

    @field(
        "Find content of a workspace by words and by meaning, best first: `first` 1 to 100, "
        "else 20, of the 200 that fit best.",
        needs(Permission.CONTENT_READ),
        cost=10,
    )
    async def search(
        self,
        info: Info,
        query: str,
        workspace_id: strawberry.ID | None = None,
        filter: SearchFilter | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> SearchConnection:
        """A page of what fits."""
        context = info.context
        workspace = await home(context, workspace_id)
        wanted = search_query_of(filter)
        finds = await context.services.search.search(
            context.viewer, workspace, query, wanted, first, after
        )
        if after is None:
            await context.services.saved_searches.note(context.viewer, workspace, query, wanted)
        return SearchConnection.of(finds, after)

    @field(
        "Find topics that others write about, on feeds that the workspace follows and on public "
        "ones of this server, nearest in meaning first: `first` 1 to 100, else 10.",
        needs(Permission.CONTENT_READ),
        cost=10,
    )
    async def search_topics(
        self,
        info: Info,
        query: str,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
    ) -> list[ScoredTopic]:
        """What is near."""
        context = info.context
        workspace = await home(context, workspace_id)
        found = await context.services.topics.search(context.viewer, workspace, query, first)
        return [ScoredTopic.of(each) for each in found]

    @field(
        "Other pieces of the same workspace that say something alike, most alike first: `first` "
        "1 to 100, else 10.",
        needs(Permission.CONTENT_READ),
        cost=10,
    )
    async def similar_content(
        self, info: Info, id: strawberry.ID, first: int | None = None
    ) -> list[ScoredContent]:
        """What is near it."""
        context = info.context
        return ScoredContent.all(await context.services.search.similar(context.viewer, id, first))
