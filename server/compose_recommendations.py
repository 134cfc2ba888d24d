"""The part of the composition that recommends what to write about."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from server.search import SearchParts
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.meanings import Meanings
from services.models import Models
from services.recommendation_feedback import RecommendationFeedbackService
from services.recommendation_ground import Grounds
from services.recommendations import RecommendationService
from services.strategy_views import StrategyViews


@dataclass(frozen=True, slots=True)
class Recommending:
    """What recommends, and what is said to it."""

    recommendations: RecommendationService
    feedback: RecommendationFeedbackService


def recommending_of(
    mongo: Mongo,
    stores: Stores,
    access: Access,
    audit: Audit,
    models: Models,
    found: SearchParts,
    *,
    clock: Clock,
) -> Recommending:
    """Wired together."""
    meanings = Meanings(models, found.indexing, found.store)
    feedback = RecommendationFeedbackService(
        mongo, stores.recommendation_feedback, access, audit, clock
    )
    grounds = Grounds(
        stores.contents,
        stores.analytics_standings,
        StrategyViews(stores.brands),
        meanings,
        clock,
    )
    return Recommending(
        recommendations=RecommendationService(grounds, meanings, feedback, access),
        feedback=feedback,
    )
