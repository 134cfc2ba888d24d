"""Recommendations: what to write about next, and why."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import recommendations as records
from datasources.pages import Page
from schema.context import Info
from schema.enums import (
    ContentType,
    Permission,
    Platform,
    RecommendationType,
    RecommendationVerdict,
)
from schema.fields import field
from schema.pagination import PageInfo, edges_of
from schema.permissions import needs
from schema.types.insight import BestTime
from services import recommendation_choice, topic_evidence


@strawberry.type(description="What to send to `generateContent`: each field has its name there.")
class WriteThis:
    """The values of its input."""

    topic: str
    platform: Platform
    type: ContentType
    pillar: str | None
    workspace_id: strawberry.ID

    @classmethod
    def of(cls, found: recommendation_choice.Writing) -> WriteThis:
        """From what was chosen."""
        return cls(
            topic=found.topic,
            platform=found.platform,
            type=found.type,
            pillar=found.pillar,
            workspace_id=strawberry.ID(found.workspace_id),
        )


@strawberry.type(description="Something to read on a topic.")
class TopicEvidence:
    """Where somebody else has written about it."""

    title: str
    url: str
    published_at: datetime

    @classmethod
    def of(cls, found: topic_evidence.Evidence) -> TopicEvidence:
        """From what was found."""
        return cls(title=found.title, url=found.url, published_at=found.published_at)


@strawberry.type(description="A topic to write about, and why.")
class TopicRecommendation:
    """The recommendation. The same topic for the same reason keeps its id."""

    id: strawberry.ID
    topic: str
    type: RecommendationType
    relevance: float = strawberry.field(
        description="0 to 1: how near it is to your pillars and to what you publish."
    )
    engagement_potential: float | None = strawberry.field(
        description="0 to 1: the chance that a piece of yours near this topic did better than "
        "another one; null where your figures don't carry it."
    )
    reasons: list[str] = strawberry.field(description="Sentences with the figures behind them.")
    evidence: list[TopicEvidence]
    write_this: WriteThis

    @classmethod
    def of(cls, found: recommendation_choice.Recommendation) -> TopicRecommendation:
        """From what was chosen."""
        return cls(
            id=strawberry.ID(found.id),
            topic=found.topic,
            type=found.type,
            relevance=found.relevance,
            engagement_potential=found.engagement_potential,
            reasons=list(found.reasons),
            evidence=[TopicEvidence.of(each) for each in found.evidence],
            write_this=WriteThis.of(found.writing),
        )


@strawberry.type(description="What to say next, and when.")
class Recommendations:
    """Of one workspace."""

    workspace_id: strawberry.Private[str]

    @field(
        "Topics to write about, best first and unlike each other. What rests on figures or on the "
        "brand's pillars is left out for an API key without those scopes.",
        cost=50,
    )
    async def topics(self, info: Info, first: int | None = 10) -> list[TopicRecommendation]:
        """The best `first` of them."""
        context = info.context
        service = context.services.recommendations
        found = await service.topics(context.viewer, self.workspace_id, first)
        return [TopicRecommendation.of(each) for each in found]

    @field(
        "When to publish: as in `insightReport`, in your own time zone where none is named.",
        needs(Permission.ANALYTICS_READ),
        cost=50,
    )
    async def best_times(self, info: Info, time_zone: str | None = None) -> list[BestTime]:
        """The best first."""
        context = info.context
        insights = context.services.insights
        report = await insights.report(context.viewer, self.workspace_id, time_zone)
        return [BestTime.of(each) for each in report.best_times]


@strawberry.type(description="What was said to a recommendation.")
class RecommendationFeedback:
    """The answer. Its id is the recommendation's."""

    id: strawberry.ID
    topic: str
    type: RecommendationType
    verdict: RecommendationVerdict
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, record: records.RecommendationFeedback) -> RecommendationFeedback:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            topic=record.topic,
            type=record.type,
            verdict=record.verdict,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


@strawberry.type
class RecommendationFeedbackEdge:
    """An answer and its place in the list."""

    cursor: str
    node: RecommendationFeedback


@strawberry.type(description="A page of answers to recommendations.")
class RecommendationFeedbackConnection:
    """Relay's connection."""

    edges: list[RecommendationFeedbackEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[records.RecommendationFeedback]) -> RecommendationFeedbackConnection:
        """From a page of records."""
        edges, info = edges_of(
            page,
            lambda cursor, record: RecommendationFeedbackEdge(
                cursor=cursor, node=RecommendationFeedback.of(record)
            ),
        )
        return cls(edges=edges, page_info=info)
