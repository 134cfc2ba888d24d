"""Trend sources: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.trend_source import AddTrendSourceInput
from schema.permissions import needs
from schema.types.trend_source import TrendSource, TrendSourceConnection
from services.cursors import window
from services.trend_sources import LISTED


@strawberry.type
class TrendSourceQueries:
    """Reading."""

    @field(
        "The feeds that a workspace subscribes to, latest first; the personal one where none is "
        "named.",
        needs(Permission.CONTENT_READ),
    )
    async def trend_sources(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> TrendSourceConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        found = await context.services.trend_sources.page(context.viewer, workspace, slice)
        return TrendSourceConnection.of(found)


@strawberry.type
class TrendSourceMutations:
    """Writing."""

    @field(
        "Subscribe to a feed, RSS or Atom: it is read within a minute and once an hour from then "
        "on, and what rises there becomes a recommendation. URL_NOT_ALLOWED for what does not lead "
        "to the public internet.",
        needs(Permission.CONTENT_WRITE),
    )
    async def add_trend_source(self, info: Info, input: AddTrendSourceInput) -> TrendSource:
        """The source; the one that is there, where that feed was added before."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        return TrendSource.of(
            await context.services.trend_sources.add(context.viewer, workspace, input.url)
        )

    @field(
        "Unsubscribe from a feed. What was read there is forgotten.",
        needs(Permission.CONTENT_WRITE),
    )
    async def remove_trend_source(self, info: Info, id: strawberry.ID) -> bool:
        """Gone."""
        context = info.context
        await context.services.trend_sources.remove(context.viewer, id)
        return True
