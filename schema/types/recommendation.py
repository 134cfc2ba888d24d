"""Recommendations: what the main document promises.

The field that answers with these says NOT_CONFIGURED until topics are looked for.
"""

from __future__ import annotations

from enum import Enum

import strawberry

from schema.fields import field


@strawberry.enum
class RecommendationType(Enum):
    """Why a topic is recommended."""

    TRENDING = "TRENDING"
    PILLAR_GAP = "PILLAR_GAP"
    PROVEN = "PROVEN"
    RELATED = "RELATED"


@strawberry.type(description="A topic to write about, and why.")
class TopicRecommendation:
    """The recommendation. `relevance` and `engagement_potential` are 0 to 1."""

    id: strawberry.ID
    topic: str
    type: RecommendationType
    relevance: float
    engagement_potential: float | None
    reasons: list[str]


@strawberry.type(description="What to say next.")
class Recommendations:
    """Topics, best first."""

    found: strawberry.Private[list[TopicRecommendation]]

    @field("Topics to write about, best first.")
    def topics(self, first: int | None = 10) -> list[TopicRecommendation]:
        """The best `first` of them."""
        return self.found[:first]
