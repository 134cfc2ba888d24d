"""What was said to recommendations, so that later ones are better."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record


class RecommendationType(StrEnum):
    """Why a topic is recommended.

    TRENDING: it rises where others write. PILLAR_GAP: a pillar of the strategy has had little.
    PROVEN: it worked and was not repeated. RELATED: near to what they write, and not yet said.
    """

    TRENDING = "TRENDING"
    PILLAR_GAP = "PILLAR_GAP"
    PROVEN = "PROVEN"
    RELATED = "RELATED"


class RecommendationVerdict(StrEnum):
    """What somebody says to a recommendation.

    ACCEPT: they write about it. DISMISS: they never will. LATER: not now.
    """

    ACCEPT = "ACCEPT"
    DISMISS = "DISMISS"
    LATER = "LATER"


class RecommendationFeedback(Record, frozen=True, kw_only=True):
    """One answer; its id is the recommendation's. `vector`, of `model`, is what the topic means."""

    workspace_id: str
    topic: str
    type: RecommendationType
    verdict: RecommendationVerdict
    vector: bytes
    model: str
    given_by: str | None
    created_at: datetime
    updated_at: datetime


class RecommendationFeedbacks(Collection[RecommendationFeedback]):
    """All answers."""

    name = "recommendation_feedback"
    record = RecommendationFeedback
    indexes = (
        IndexModel(
            [("workspace_id", ASCENDING), ("updated_at", DESCENDING), ("_id", DESCENDING)],
            name="of_workspace",
        ),
        IndexModel([("given_by", ASCENDING)], name="of_user"),
    )
