"""The part of the composition that is about writing with models, and about jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from server.compose_models import Paid
from server.settings import Settings
from services.access import Access
from services.clock import Clock
from services.content import ContentService
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
from services.nearby import Nearby
from services.prediction import PredictionService
from services.rewriting_job import IMPROVE, REPURPOSE, RewritingJob
from services.strategy_views import StrategyViews
from services.voice_heard import HeardVoices
from services.writing_context import Background


@dataclass(frozen=True, slots=True)
class Ai:
    """The services of jobs and generation."""

    jobs: Jobs
    runner: JobRunner
    generation: GenerationService
    ideas: IdeaService


def ai_of(
    settings: Settings,
    mongo: Mongo,
    stores: Stores,
    access: Access,
    entitlements: Entitlements,
    events: Events,
    content: ContentService,
    paid: Paid,
    nearby: Nearby,
    prediction: PredictionService,
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    new_id: NewId,
) -> Ai:
    """Wire them together. `handlers` do the kinds of jobs that have nothing to do with models."""

    async def priority(workspace_id: str) -> bool:
        return (await entitlements.plan_of(workspace_id)).priority

    models, ledger = paid.models, paid.ledger
    told = JobEvents(stores.tracked_jobs, events, clock)
    turns = JobTurns(stores.tracked_jobs, stores.job_slots, told, settings.jobs_per_workspace)
    background = Background(
        stores.contents,
        nearby,
        prediction,
        StrategyViews(stores.brands),
        HeardVoices(stores.voice_profiles),
    )
    rewriting = RewritingJob(models, ledger, background, content, clock)
    kinds: dict[str, Handler] = {
        **handlers,
        GENERATE: GenerationJob(models, ledger, background, content, clock),
        IMPROVE: rewriting.improve,
        REPURPOSE: rewriting.repurpose,
    }
    jobs = Jobs(mongo, stores.tracked_jobs, turns, access, told, clock, new_id, priority)
    return Ai(
        jobs=jobs,
        runner=JobRunner(mongo, stores.tracked_jobs, turns, told, kinds, ledger.cost_of_job, clock),
        ideas=IdeaService(models, access),
        generation=GenerationService(jobs, told, models, content, settings.generation_wait_seconds),
    )
