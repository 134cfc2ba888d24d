"""Analytics, insights and recommendations: what the main document promises.

The fields that answer with these say NOT_CONFIGURED until metrics are collected.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from schema.fields import field


@strawberry.enum
class AnalyticsPeriod(Enum):
    """The span that figures are for, ending now."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


@strawberry.type(description="How content did in a period.")
class Analytics:
    """The figures. `engagement_rate` is engagement by impressions, 0 to 1."""

    period: AnalyticsPeriod
    starts_at: datetime
    ends_at: datetime
    impressions: int
    engagement: int
    engagement_rate: float


@strawberry.type(description="How one piece of content does.")
class ContentPerformance:
    """The figures of one piece. `engagement_rate` is 0 to 1."""

    impressions: int
    engagement: int
    engagement_rate: float


@strawberry.enum
class InsightType(Enum):
    """What sort of thing was found."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    INSIGHT = "INSIGHT"
    OPTIMIZATION = "OPTIMIZATION"
    BENCHMARK = "BENCHMARK"


@strawberry.enum
class InsightCategory(Enum):
    """What it is about."""

    ENGAGEMENT = "ENGAGEMENT"
    CONTENT = "CONTENT"
    TIMING = "TIMING"
    COMPETITIVE = "COMPETITIVE"


@strawberry.type(description="What an insight rests on.")
class InsightEvidence:
    """The statistic, how many pieces it was computed from, and its 95% interval."""

    statistic: float
    sample_size: int
    interval_low: float
    interval_high: float


@strawberry.type(description="Something learned from the figures, and what to do about it.")
class Insight:
    """The insight."""

    id: strawberry.ID
    type: InsightType
    category: InsightCategory
    message: str
    recommendation: str
    evidence: InsightEvidence


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
