"""Insights: what the figures teach, and what to do about it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import InsightCategory, InsightType, Platform
from services import insight_texts
from services import insights as records


@strawberry.type(description="What an insight rests on.")
class InsightEvidence:
    """A statistic and how sure it is. docs/insights.md tells how each is computed."""

    statistic: float = strawberry.field(
        description="A factor for patterns, changes and posts that stand out; the part of peers "
        "that you are ahead of for benchmarks."
    )
    sample_size: int
    interval_low: float = strawberry.field(description="Of the 95% interval.")
    interval_high: float
    p_value: float | None = strawberry.field(
        description="How likely chance alone would show as much."
    )

    @classmethod
    def of(cls, evidence: insight_texts.Evidence) -> InsightEvidence:
        """From what was computed."""
        return cls(
            statistic=evidence.statistic,
            sample_size=evidence.sample_size,
            interval_low=evidence.low,
            interval_high=evidence.high,
            p_value=evidence.p,
        )


@strawberry.type(description="Something learned from the figures, and what to do about it.")
class Insight:
    """The insight. The same finding keeps its id."""

    id: strawberry.ID
    type: InsightType
    category: InsightCategory
    message: str
    recommendation: str
    evidence: InsightEvidence

    @classmethod
    def of(cls, found: insight_texts.Insight) -> Insight:
        """From what was computed."""
        return cls(
            id=strawberry.ID(found.id),
            type=found.type,
            category=found.category,
            message=found.message,
            recommendation=found.recommendation,
            evidence=InsightEvidence.of(found.evidence),
        )


@strawberry.type(description="When posts on a platform do better: a weekday, or three hours.")
class BestTime:
    """`factor` is against posts at other times, which are otherwise alike."""

    platform: Platform
    weekday: str | None
    hours: str | None = strawberry.field(description="As 09-12, by the clock of the zone asked.")
    factor: float
    interval_low: float
    interval_high: float
    sample_size: int

    @classmethod
    def of(cls, found: records.BestTime) -> BestTime:
        """From what was computed."""
        return cls(
            platform=found.platform,
            weekday=found.weekday,
            hours=found.hours,
            factor=found.factor,
            interval_low=found.low,
            interval_high=found.high,
            sample_size=found.posts,
        )


@strawberry.type(description="All that the figures teach, in brief and one by one.")
class InsightReport:
    """`time_zone` is that of the caller where none was asked for."""

    generated_at: datetime
    time_zone: str = strawberry.field(description="By whose clock hours and weekdays are.")
    posts: int = strawberry.field(
        description="How many of the last year have figures. A piece counts once a platform."
    )
    summary: str
    action_items: list[str]
    insights: list[Insight]
    best_times: list[BestTime]

    @classmethod
    def of(cls, report: records.InsightReport) -> InsightReport:
        """From what was computed."""
        return cls(
            generated_at=report.generated_at,
            time_zone=report.zone,
            posts=report.posts,
            summary=report.summary,
            action_items=report.action_items,
            insights=[Insight.of(each) for each in report.insights],
            best_times=[BestTime.of(each) for each in report.best_times],
        )
