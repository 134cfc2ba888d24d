"""All services of a running server, made once and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from services.access import Access
from services.accounts import Accounts
from services.analytics import AnalyticsService
from services.api_keys import ApiKeys
from services.assessments import AssessmentService
from services.audit import AuditTrail
from services.authentication import Authentication
from services.benchmarking import Benchmarking
from services.billing import BillingService
from services.brands import BrandService
from services.content import ContentService
from services.cookies import Cookies
from services.credits import Credits
from services.entitlements import Entitlements
from services.erasure import Erasure
from services.events import Events
from services.export import Export
from services.feed_reads import FeedReads
from services.feeds import Feeds
from services.generation import GenerationService
from services.ideas import IdeaService
from services.indexing import Indexing
from services.insights import InsightService
from services.invitation_answers import InvitationAnswers
from services.invitations import InvitationService
from services.jobs import Jobs
from services.lifecycle import Lifecycle
from services.measuring import Measuring
from services.members import MemberService
from services.metric_imports import MetricImports
from services.metrics import MetricsService
from services.models import Models
from services.notifications import NotificationService
from services.performance import PerformanceService
from services.plan_changes import PlanChanges
from services.prediction import PredictionService
from services.publishing import PublishingService
from services.purchases import Purchases
from services.recommendation_feedback import RecommendationFeedbackService
from services.recommendations import RecommendationService
from services.reports import ReportService
from services.saved_searches import SavedSearchService
from services.search import SearchService
from services.sessions import Sessions
from services.strategies import StrategyService
from services.stripe_goodbyes import StripeGoodbyes
from services.stripe_inbox import StripeInbox
from services.stripe_reconciliation import Reconciliation
from services.stripe_webhook import StripeWebhook
from services.templates import TemplateService
from services.text_analysis import TextAnalyses
from services.topic_search import TopicSearch
from services.trend_reading import TrendReading
from services.trend_sources import TrendSourceService
from services.trends import Trends
from services.usage import UsageService
from services.users import UserService
from services.versions import VersionService
from services.viewer_plans import ViewerPlans
from services.voice import VoiceService
from services.workspace_deletion import WorkspaceDeletion
from services.workspaces import WorkspaceService


@dataclass(frozen=True, slots=True)
class Services:
    """One attribute a noun."""

    access: Access
    accounts: Accounts
    analytics: AnalyticsService
    api_keys: ApiKeys
    audit_trail: AuditTrail
    authentication: Authentication
    benchmarking: Benchmarking
    billing: BillingService
    assessments: AssessmentService
    brands: BrandService
    strategies: StrategyService
    content: ContentService
    cookies: Cookies
    credits: Credits
    entitlements: Entitlements
    erasure: Erasure
    events: Events
    export: Export
    feed_reads: FeedReads
    feeds: Feeds
    indexing: Indexing
    insights: InsightService
    generation: GenerationService
    ideas: IdeaService
    invitation_answers: InvitationAnswers
    invitations: InvitationService
    jobs: Jobs
    lifecycle: Lifecycle
    measuring: Measuring
    members: MemberService
    models: Models
    metrics: MetricsService
    metric_imports: MetricImports
    notifications: NotificationService
    performance: PerformanceService
    prediction: PredictionService
    publishing: PublishingService
    recommendations: RecommendationService
    recommendation_feedback: RecommendationFeedbackService
    reports: ReportService
    saved_searches: SavedSearchService
    search: SearchService
    plan_changes: PlanChanges
    purchases: Purchases
    reconciliation: Reconciliation
    sessions: Sessions
    stripe_goodbyes: StripeGoodbyes
    stripe_inbox: StripeInbox
    stripe_webhook: StripeWebhook
    templates: TemplateService
    text_analyses: TextAnalyses
    topics: TopicSearch
    trend_reading: TrendReading
    trend_sources: TrendSourceService
    trends: Trends
    usage: UsageService
    users: UserService
    versions: VersionService
    viewer_plans: ViewerPlans
    voice: VoiceService
    workspace_deletion: WorkspaceDeletion
    workspaces: WorkspaceService

    async def close(self) -> None:
        """End what listens, and give back the connections to other companies and to feeds."""
        for each in (self.events, self.models, self.indexing, self.billing, self.trend_sources):
            await each.close()
