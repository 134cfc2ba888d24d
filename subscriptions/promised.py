"""What the main document promises and later parts of the product will keep."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from schema.context import Info
from schema.fields import subscription
from schema.permissions import person
from schema.types.analytics import Analytics
from services.failures import NotConfigured


@strawberry.type
class PromisedSubscriptions:
    """Figures as they change."""

    @subscription(
        "The person's figures, whenever they change. Answers NOT_CONFIGURED: this "
        "server has not been given that part yet.",
        person(),
    )
    async def analytics_updated(
        self, info: Info, user_id: strawberry.ID
    ) -> AsyncGenerator[Analytics, None]:
        """Figures."""
        info.context.services.users.oneself(info.context.viewer, user_id)
        for figures in refused("Analytics"):
            yield figures


def refused(feature: str) -> list[Analytics]:
    """Never anything: the part is not there."""
    raise NotConfigured(feature)
