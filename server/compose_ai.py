"""The part of the composition that is about models, what they cost, and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from server.metrics import Metrics
from server.models import models_of
from server.settings import Settings
from services.access import Access
from services.audit import Audit
from services.budget_warnings import BudgetWarnings
from services.clock import Clock
from services.content import ContentService
from services.credits import Credits
from services.entitlements import Entitlements
from services.events import Events
from services.generation import GenerationService
from services.generation_job import KIND as GENERATE
from services.generation_job import GenerationJob
from services.ideas import IdeaService
from services.ids import NewId
from services.job_events import JobEvents
from services.job_handlers import Handler
from services.job_runner import JobRunner
from services.job_turns import JobTurns
from services.jobs import Jobs
from services.model_ledger import ModelLedger
from services.model_memory import ModelMemory
from services.models import Models
from services.notifications import NotificationService
from services.plans import Limit
from services.prices import Prices
from services.rewriting_job import IMPROVE, REPURPOSE, RewritingJob
from services.strategy_views import StrategyViews
from services.usage import UsageService
from services.voice_heard import HeardVoices
from services.writing_context import Background

MICROS_IN_A_CENT = 10_000


@dataclass(frozen=True, slots=True)
class Ai:
    """The services of models, jobs and generation."""

    models: Models
    usage: UsageService
    jobs: Jobs
    runner: JobRunner
    generation: GenerationService
    ideas: IdeaService


def ai_of(
    settings: Settings,
    mongo: Mongo,
    stores: Stores,
    access: Access,
    audit: Audit,
    entitlements: Entitlements,
    credits: Credits,
    notifications: NotificationService,
    events: Events,
    content: ContentService,
    metrics: Metrics,
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    new_id: NewId,
) -> Ai:
    """Wire them together. `handlers` do the kinds of jobs that have nothing to do with models."""

    async def allowance(workspace_id: str) -> tuple[str, int | None]:
        cents = (await entitlements.plan_of(workspace_id)).limit(Limit.AI_BUDGET)
        account = await entitlements.account_of(workspace_id)
        return account, None if cents is None else cents * MICROS_IN_A_CENT

    async def priority(workspace_id: str) -> bool:
        return (await entitlements.plan_of(workspace_id)).priority

    ledger = ModelLedger(
        mongo,
        stores.model_calls,
        stores.budgets,
        stores.ai_settings,
        Prices(settings.model_prices),
        allowance,
        credits.charge,
        BudgetWarnings(stores.budgets, stores.memberships, notifications),
        clock,
        new_id,
    )
    memory = ModelMemory(stores.model_answers, stores.kept_vectors, clock, metrics.remembered.add)
    told = JobEvents(stores.tracked_jobs, events, clock)
    turns = JobTurns(stores.tracked_jobs, stores.job_slots, told, settings.jobs_per_workspace)
    models = Models(models_of(settings), ledger, memory, stores.ai_settings)
    background = Background(
        stores.contents,
        stores.analytics_standings,
        models,
        StrategyViews(stores.brands),
        HeardVoices(stores.voice_profiles),
    )
    rewriting = RewritingJob(models, ledger, background, content)
    kinds: dict[str, Handler] = {
        **handlers,
        GENERATE: GenerationJob(models, ledger, background, content),
        IMPROVE: rewriting.improve,
        REPURPOSE: rewriting.repurpose,
    }
    jobs = Jobs(mongo, stores.tracked_jobs, turns, access, told, clock, new_id, priority)
    return Ai(
        models=models,
        usage=UsageService(
            mongo, stores.model_calls, stores.ai_settings, ledger, access, audit, clock
        ),
        jobs=jobs,
        runner=JobRunner(mongo, stores.tracked_jobs, turns, told, kinds, ledger.cost_of_job, clock),
        ideas=IdeaService(models, access),
        generation=GenerationService(jobs, told, models, content, settings.generation_wait_seconds),
    )
