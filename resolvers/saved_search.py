"""Saved searches and the history of searches: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.fields import field
from schema.inputs.search import SaveSearchInput, search_query_of
from schema.permissions import person
from schema.types.saved_search import PastSearchConnection, SavedSearch, SavedSearchConnection
from schema.types.search import SearchConnection
from services.cursors import window
from services.saved_searches import LATEST, LISTED


@strawberry.type
class SavedSearchQueries:
    """Reading."""

    @field("Your saved searches in a workspace, latest first.", person())
    async def saved_searches(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> SavedSearchConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        return SavedSearchConnection.of(
            await context.services.saved_searches.page(context.viewer, workspace, slice)
        )

    @field("What a saved search finds now; pages as of `search`.", person(), cost=10)
    async def run_saved_search(
        self, info: Info, id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> SearchConnection:
        """A page of what fits."""
        context = info.context
        finds = await context.services.saved_searches.run(context.viewer, id, first, after)
        return SearchConnection.of(finds, after)

    @field("The last hundred searches that you made in a workspace, latest first.", person())
    async def search_history(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> PastSearchConnection:
        """A page."""
        context = info.context
        slice = window(LATEST, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        return PastSearchConnection.of(
            await context.services.saved_searches.history(context.viewer, workspace, slice)
        )


@strawberry.type
class SavedSearchMutations:
    """Writing."""

    @field("Keep a search under a name: up to 50 in a workspace, for you alone.", person())
    async def save_search(self, info: Info, input: SaveSearchInput) -> SavedSearch:
        """Kept."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        return SavedSearch.of(
            await context.services.saved_searches.save(
                context.viewer, workspace, input.name, input.query, search_query_of(input.filter)
            )
        )

    @field("Delete a saved search of yours.", person())
    async def delete_saved_search(self, info: Info, id: strawberry.ID) -> bool:
        """Gone."""
        context = info.context
        await context.services.saved_searches.delete(context.viewer, id)
        return True

    @field("Forget the searches that you made in a workspace; how many they were.", person())
    async def clear_search_history(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> int:
        """The number."""
        context = info.context
        workspace = await home(context, workspace_id)
        return await context.services.saved_searches.clear(context.viewer, workspace)

    @field(
        "Whether the searches that you make in a workspace are remembered, as they are unless you "
        "say `false`: that forgets those of before, too.",
        person(),
    )
    async def keep_search_history(
        self, info: Info, enabled: bool, workspace_id: strawberry.ID | None = None
    ) -> bool:
        """As it is now."""
        context = info.context
        workspace = await home(context, workspace_id)
        return await context.services.saved_searches.keep_history(
            context.viewer, workspace, enabled
        )
