"""Every collection of the database, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from datasources.ai_settings import AiSettingsStore
from datasources.api_keys import ApiKeys
from datasources.audit import AuditLog
from datasources.benchmarks import Benchmarks
from datasources.billing import BillingAccounts
from datasources.brands import Assessments, Brands, StrategyVersions
from datasources.budgets import Budgets
from datasources.collection import Collection
from datasources.content import Contents
from datasources.credits import CreditUses
from datasources.editions import Editions
from datasources.erasures import Erasures
from datasources.feed import Entries
from datasources.generations import Generations
from datasources.invitations import Invitations
from datasources.job_slots import JobSlots
from datasources.memberships import Memberships
from datasources.model_answers import KeptVectors, ModelAnswers
from datasources.model_calls import ModelCalls
from datasources.mongo import Mongo
from datasources.notifications import Notifications
from datasources.outbox import Jobs, Outbox
from datasources.priors import Priors
from datasources.recommendations import RecommendationFeedbacks
from datasources.reports import ReportFiles, Reports
from datasources.rollups import ContentDays, ContentGains, WorkspaceDays, WorkspaceGains
from datasources.searches import PastSearches, SavedSearches, SearchHabits
from datasources.sessions import Sessions
from datasources.snapshots import Snapshots
from datasources.standings import Standings
from datasources.stripe_events import StripeEvents
from datasources.targets import Targets
from datasources.templates import Templates
from datasources.tracked_jobs import TrackedJobs
from datasources.trend_sources import TrendSources
from datasources.trends import TrendItems, TrendTopics
from datasources.users import Users
from datasources.versions import Versions
from datasources.voice import VoiceProfiles, VoiceSamples
from datasources.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Stores:
    """One attribute a collection."""

    ai_settings: AiSettingsStore
    analytics_days: WorkspaceDays
    analytics_editions: Editions
    analytics_hours: WorkspaceGains
    analytics_snapshots: Snapshots
    analytics_standings: Standings
    api_keys: ApiKeys
    audit: AuditLog
    billing_accounts: BillingAccounts
    assessments: Assessments
    brands: Brands
    strategy_versions: StrategyVersions
    budgets: Budgets
    benchmarks: Benchmarks
    content_days: ContentDays
    content_hours: ContentGains
    contents: Contents
    entries: Entries
    credit_uses: CreditUses
    erasures: Erasures
    generations: Generations
    invitations: Invitations
    job_slots: JobSlots
    jobs: Jobs
    kept_vectors: KeptVectors
    memberships: Memberships
    model_answers: ModelAnswers
    model_calls: ModelCalls
    notifications: Notifications
    outbox: Outbox
    prediction_priors: Priors
    recommendation_feedback: RecommendationFeedbacks
    report_files: ReportFiles
    reports: Reports
    past_searches: PastSearches
    saved_searches: SavedSearches
    search_habits: SearchHabits
    sessions: Sessions
    stripe_events: StripeEvents
    targets: Targets
    templates: Templates
    tracked_jobs: TrackedJobs
    trend_items: TrendItems
    trend_sources: TrendSources
    trend_topics: TrendTopics
    users: Users
    versions: Versions
    voice_profiles: VoiceProfiles
    voice_samples: VoiceSamples
    workspaces: Workspaces

    @classmethod
    def on(cls, mongo: Mongo) -> Stores:
        """All collections of that database."""
        return cls(
            ai_settings=AiSettingsStore(mongo),
            analytics_days=WorkspaceDays(mongo),
            analytics_editions=Editions(mongo),
            analytics_hours=WorkspaceGains(mongo),
            analytics_snapshots=Snapshots(mongo),
            analytics_standings=Standings(mongo),
            api_keys=ApiKeys(mongo),
            audit=AuditLog(mongo),
            billing_accounts=BillingAccounts(mongo),
            assessments=Assessments(mongo),
            brands=Brands(mongo),
            strategy_versions=StrategyVersions(mongo),
            budgets=Budgets(mongo),
            benchmarks=Benchmarks(mongo),
            content_days=ContentDays(mongo),
            content_hours=ContentGains(mongo),
            contents=Contents(mongo),
            entries=Entries(mongo),
            credit_uses=CreditUses(mongo),
            erasures=Erasures(mongo),
            generations=Generations(mongo),
            invitations=Invitations(mongo),
            job_slots=JobSlots(mongo),
            jobs=Jobs(mongo),
            kept_vectors=KeptVectors(mongo),
            memberships=Memberships(mongo),
            model_answers=ModelAnswers(mongo),
            model_calls=ModelCalls(mongo),
            notifications=Notifications(mongo),
            outbox=Outbox(mongo),
            prediction_priors=Priors(mongo),
            recommendation_feedback=RecommendationFeedbacks(mongo),
            report_files=ReportFiles(mongo),
            reports=Reports(mongo),
            past_searches=PastSearches(mongo),
            saved_searches=SavedSearches(mongo),
            search_habits=SearchHabits(mongo),
            sessions=Sessions(mongo),
            stripe_events=StripeEvents(mongo),
            targets=Targets(mongo),
            templates=Templates(mongo),
            tracked_jobs=TrackedJobs(mongo),
            trend_items=TrendItems(mongo),
            trend_sources=TrendSources(mongo),
            trend_topics=TrendTopics(mongo),
            users=Users(mongo),
            versions=Versions(mongo),
            voice_profiles=VoiceProfiles(mongo),
            voice_samples=VoiceSamples(mongo),
            workspaces=Workspaces(mongo),
        )

    def all(self) -> Sequence[Collection[Any]]:
        """Each of them."""
        return [getattr(self, each.name) for each in fields(self)]
