"""What a person leaves behind who follows feeds and answers recommendations."""

from __future__ import annotations

from datasources.recommendations import (
    RecommendationFeedback,
    RecommendationType,
    RecommendationVerdict,
)
from datasources.trend_sources import TrendSource
from datasources.trends import Share, TrendItem, TrendTopic
from server.compose import Backend
from services.clock import utc_now


async def leave_recommendation_traces(made: Backend, user_id: str, home: str) -> None:
    """Something in each collection of recommendations and trends."""
    stores, now = made.stores, utc_now()
    await stores.trend_sources.insert(
        TrendSource(
            id="trs_1",
            workspace_id=home,
            added_by=user_id,
            url="https://blog.example/lovelace",
            next_check_at=now.replace(year=now.year + 1),
            created_at=now,
        )
    )
    item = TrendItem(
        id="trs_1:one",
        workspace_id=home,
        source_id="trs_1",
        title="On Lovelace",
        summary="",
        url=None,
        published_at=now,
    )
    await stores.trend_items.keep([item])
    for public in (False, True):
        await stores.trend_topics.insert(
            TrendTopic(
                id=f"top_{public}",
                public=public,
                workspace_ids=[home],
                phrase="Lovelace's engines",
                vector=b"",
                model="none",
                shares={"trs_1": Share(1, 1)},
                entries=["trs_1:one"],
                computed_at=now,
            )
        )
    await stores.recommendation_feedback.insert(
        RecommendationFeedback(
            id="rec_1",
            workspace_id=home,
            topic="Lovelace's engines",
            type=RecommendationType.RELATED,
            verdict=RecommendationVerdict.LATER,
            vector=b"",
            model="none",
            given_by=user_id,
            created_at=now,
            updated_at=now,
        )
    )
