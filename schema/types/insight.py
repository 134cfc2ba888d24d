"""Insights: what the figures teach, and what to do about it.

The field that answers with these says NOT_CONFIGURED until insights are computed.
"""

from __future__ import annotations

from enum import Enum

import strawberry


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
