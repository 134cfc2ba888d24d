"""Analytics: Subscription fields."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from schema.context import Info
from schema.enums import AnalyticsPeriod
from schema.fields import subscription
from schema.permissions import person
from schema.types.analytics import Analytics
from services.analytics import Overview, Question
from services.failures import Forbidden, NotFound
from services.ledger import CHANGED
from subscriptions.coalescing import coalesced

EVERY = 1.0
"""Seconds between two messages, at least."""


@strawberry.type
class AnalyticsSubscriptions:
    """Figures as they change."""

    @subscription(
        "Your figures, whenever they are other ones, at most once a second: of the personal "
        "workspace where none is named, of the last 30 days where no period is. "
        "`after` takes the cursor of an earlier message's extensions.",
        person(),
    )
    async def analytics_updated(
        self,
        info: Info,
        user_id: strawberry.ID,
        period: AnalyticsPeriod | None = None,
        workspace_id: strawberry.ID | None = None,
        time_zone: str | None = None,
        after: str | None = None,
    ) -> AsyncGenerator[Analytics, None]:
        """Figures."""
        context, services = info.context, info.context.services
        services.users.oneself(context.viewer, user_id)
        home = workspace_id or await services.workspaces.default(context.viewer)
        asked = Question(period or AnalyticsPeriod.MONTH, time_zone)
        since = after or context.last_event_id
        listener = services.events.listen(f"workspace:{home}", {CHANGED}, since)
        shown = look(await services.analytics.overview(context.viewer, home, asked))
        async with aclosing(listener), aclosing(coalesced(listener, EVERY)) as changes:
            async for delivered in changes:
                try:
                    now = await services.analytics.overview(context.viewer, home, asked)
                except (NotFound, Forbidden):
                    continue
                if look(now) != shown or since:
                    shown, since = look(now), None
                    context.extensions["cursor"] = delivered.cursor
                    yield Analytics.of(now)


def look(overview: Overview) -> object:
    """What is to be seen of it, but for the time."""
    return overview.totals, overview.previous, overview.platforms
