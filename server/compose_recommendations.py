"""The part of the composition that recommends what to write about."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.feed_site import FeedSites
from datasources.mongo import Mongo
from datasources.stores import Stores
from server.clients import outbound_of
from server.search import SearchParts
from server.settings import Settings
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.feeds import Feeds
from services.ids import NewId
from services.meanings import Meanings
from services.models import Models
from services.recommendation_feedback import RecommendationFeedbackService
from services.recommendation_ground import Grounds
from services.recommendation_trends import TrendCandidates
from services.recommendations import RecommendationService
from services.strategy_views import StrategyViews
from services.topic_evidence import TopicEvidence
from services.topic_search import TopicSearch
from services.trend_reading import TrendReading
from services.trend_sources import TrendSourceService
from services.trends import Trends


@dataclass(frozen=True, slots=True)
class Recommending:
    """What recommends, what is said to it, and the feeds: ours, and those that are read."""

    feeds: Feeds
    recommendations: RecommendationService
    feedback: RecommendationFeedbackService
    sources: TrendSourceService
    reading: TrendReading
    trends: Trends
    topics: TopicSearch


def recommending_of(
    settings: Settings,
    mongo: Mongo,
    stores: Stores,
    access: Access,
    audit: Audit,
    models: Models,
    found: SearchParts,
    *,
    clock: Clock,
    new_id: NewId,
) -> Recommending:
    """Wired together. The sources have to be closed."""
    items, topics = stores.trend_items, stores.trend_topics
    meanings = Meanings(models, found.indexing, found.store)
    sites = FeedSites(outbound_of(settings))
    feeds = Feeds(stores.entries, stores.workspaces, settings.url)
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
    evidence, indexed = TopicEvidence(items, stores.entries, feeds), found.indexing.topics
    candidates = TrendCandidates(topics, items, stores.entries, evidence)
    trends = Trends(mongo, items, stores.entries, topics, meanings, indexed, clock, new_id)
    return Recommending(
        feeds=feeds,
        recommendations=RecommendationService(grounds, meanings, candidates, feedback, access),
        feedback=feedback,
        sources=TrendSourceService(
            mongo,
            stores.trend_sources,
            items,
            topics,
            indexed,
            stores.workspaces,
            sites,
            access,
            audit,
            clock,
            new_id,
        ),
        reading=TrendReading(mongo, stores.trend_sources, items, sites, trends, clock),
        trends=trends,
        topics=TopicSearch(found.indexing, found.store.topics, models, topics, evidence, access),
    )
