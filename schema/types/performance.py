"""How one piece of content does, in brief."""

from __future__ import annotations

import strawberry

from services.engagement import MOST, Totals


def shown(count: int) -> int:
    """A count as GraphQL's Int holds it."""
    return max(-MOST, min(MOST, count))


@strawberry.type(description="How one piece of content does, on all platforms together.")
class ContentPerformance:
    """The figures of one piece. `engagement_rate` is engagement by impressions."""

    impressions: int
    engagement: int
    engagement_rate: float

    @classmethod
    def of(cls, totals: Totals) -> ContentPerformance:
        """From what the service found."""
        return cls(
            impressions=shown(totals.impressions),
            engagement=shown(totals.engagement),
            engagement_rate=totals.engagement_rate,
        )
