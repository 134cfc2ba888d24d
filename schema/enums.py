"""The enumerations that records share with the graph. Import them from here in the schema."""

from __future__ import annotations

import strawberry

from datasources.billing import BillingInterval, SubscriptionStatus
from datasources.brands import StrategyPart
from datasources.content import ContentStatus, ContentType, Platform
from datasources.memberships import Role
from datasources.models import Provider
from datasources.notifications import NotificationKind
from datasources.plan_names import PlanName
from datasources.recommendations import RecommendationType, RecommendationVerdict
from datasources.reports import ReportFormat
from datasources.snapshots import Availability, Metric
from datasources.targets import PublishState
from datasources.tracked_jobs import JobState
from datasources.trend_sources import TrendSourceState
from datasources.voice import Verdict
from services.breakdown import Dimension as AnalyticsDimension
from services.insight_texts import InsightCategory, InsightType
from services.periods import AnalyticsPeriod
from services.periods import Interval as AnalyticsInterval
from services.permissions import Permission
from services.plans import Limit
from services.post_brief import Length as ContentLength
from services.prediction import Basis as PredictionBasis
from services.questionnaire import QuestionKind
from services.versions import LineKind

__all__ = [
    "AnalyticsDimension",
    "AnalyticsInterval",
    "AnalyticsPeriod",
    "Availability",
    "BillingInterval",
    "ContentLength",
    "ContentStatus",
    "ContentType",
    "InsightCategory",
    "InsightType",
    "JobState",
    "Limit",
    "LineKind",
    "Metric",
    "NotificationKind",
    "Permission",
    "PlanName",
    "Platform",
    "PredictionBasis",
    "Provider",
    "PublishState",
    "QuestionKind",
    "RecommendationType",
    "RecommendationVerdict",
    "ReportFormat",
    "Role",
    "StrategyPart",
    "SubscriptionStatus",
    "TrendSourceState",
    "Verdict",
]

strawberry.enum(ContentType, description="The form of a piece.")
strawberry.enum(
    ContentStatus, description="Where a piece stands between a first draft and the archive."
)
strawberry.enum(
    Platform,
    description="Where content is published. FEED is the workspace's own public feed.",
)
strawberry.enum(
    PublishState,
    description="Where a target stands. UNCONFIRMED: it may be out, but the platform did not "
    "say so; look, then retry or cancel.",
)
strawberry.enum(BillingInterval, description="How often is paid.")
strawberry.enum(
    Limit,
    name="PlanLimit",
    description="What a plan limits. AI_BUDGET is in US cents a calendar month, REQUESTS are those "
    "a minute, HISTORY is the days that figures go back; the others are numbers of things.",
)
strawberry.enum(SubscriptionStatus, description="Where a subscription stands, in Stripe's terms.")
strawberry.enum(PlanName, description="The plans there are, each with more than the one before.")
strawberry.enum(
    Metric,
    description="What is counted, from publication on. REACH: different people that it was shown "
    "to. SHARES: reposts and quotes. SAVES: bookmarks. READS: opened on a page of its own.",
)
strawberry.enum(
    Availability,
    description="Whether there is a figure. NO_SCOPE: the account did not grant it. UNSUPPORTED: "
    "the platform does not tell it.",
)
strawberry.enum(
    AnalyticsPeriod,
    description="The span that figures are for: so many local days, today being the last. MONTH "
    "is 30 days, QUARTER 90, YEAR 365.",
)
strawberry.enum(
    AnalyticsInterval,
    name="AnalyticsInterval",
    description="What a series is in steps of. Weeks begin on Monday.",
)
strawberry.enum(
    AnalyticsDimension,
    name="AnalyticsDimension",
    description="What pieces are told apart by. WEEKDAY and HOUR are those of publication, in "
    "local time.",
)
strawberry.enum(
    PredictionBasis,
    name="PredictionBasis",
    description="What a prediction rests on. NOTHING: it is your own mean, or not even that.",
)
strawberry.enum(
    ReportFormat,
    description="What a report is written as: a table for programs, or a page with charts.",
)
strawberry.enum(InsightType, description="What sort of thing was found.")
strawberry.enum(InsightCategory, description="What an insight is about.")
strawberry.enum(
    RecommendationType,
    description="Why a topic is recommended. TRENDING: it rises where others write. PILLAR_GAP: "
    "a pillar of your strategy has had little. PROVEN: it worked and was not repeated. RELATED: "
    "near to what you write, and not yet said.",
)
strawberry.enum(
    RecommendationVerdict,
    description="What you say to a recommendation. ACCEPT: you write about it. DISMISS: you never "
    "will. LATER: not now.",
)
strawberry.enum(
    TrendSourceState,
    description="Where a feed stands. WAITING: it was not read yet. FAILING: it could not be read "
    "when it was last looked at; `problem` says why.",
)
strawberry.enum(Permission, description="What a role, or an API key's scope, allows.")
strawberry.enum(Role, description="What a member may do, rising from VIEWER to OWNER.")
strawberry.enum(
    LineKind, name="DiffLineKind", description="What became of a line between two versions."
)
strawberry.enum(NotificationKind, description="What a person is told of.")
strawberry.enum(
    JobState,
    description="Where a job stands. FAILED: it cannot be done so. DEAD: it was tried too often.",
)
strawberry.enum(
    Provider,
    name="ModelProvider",
    description="Who runs a model. OFFLINE: this server itself, without a network.",
)
strawberry.enum(
    ContentLength,
    name="ContentLength",
    description="How long the text is to be, as the platform goes.",
)
strawberry.enum(
    Verdict,
    description="Where a text that a voice is learned from comes from: OWN was written by the "
    "person, ACCEPTED is a draft taken as it was, EDITED what they made of one, REJECTED a draft "
    "that they would not put their name to.",
)
strawberry.enum(
    StrategyPart, description="What a strategy is made of; each part is locked by itself."
)
strawberry.enum(
    QuestionKind,
    description="How a question is answered: a TEXT, a LIST of texts, one of its options or "
    "several, or a whole NUMBER.",
)
