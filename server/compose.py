"""The composition root: every store and service of a process, made once, from its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from datasources.jobs import JobQueue
from datasources.lanes import Lanes
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.spans import Tracer
from datasources.stores import Stores
from server.backend import Backend
from server.clients import limits_of, mongo_of, redis_of
from server.compose_ai import ai_of
from server.compose_billing import billing_of
from server.compose_brands import brands_of
from server.compose_figures import figures
from server.compose_models import paid_of
from server.compose_people import people_of
from server.compose_publishing import adapters_of, deliveries_of, lifecycle_of
from server.compose_recommendations import recommending_of
from server.compose_reports import report_handlers, reports_of
from server.compose_team import deletion_of, team_of
from server.metrics import Metrics
from server.models import ChoiceOf, models_of
from server.search import search_of
from server.settings import Settings
from services.access import Access
from services.audit import Audit, AuditTrail
from services.clock import Clock, utc_now
from services.content import ContentService
from services.cookies import Cookies
from services.erasure import Erasure
from services.events import Events
from services.export import Export
from services.ids import Ids
from services.indexing import FOLLOWS as INDEXED_AFTER
from services.notifications import NotificationService
from services.progress import Progress
from services.publishing import PublishingService
from services.services import Services
from services.templates import TemplateService
from services.text_analysis import TextAnalyses
from services.versions import VersionService

__all__ = ["Backend", "assemble", "backend"]


@asynccontextmanager
async def backend(
    settings: Settings,
    metrics: Metrics | None = None,
    tracer: Tracer | None = None,
    models: ChoiceOf = models_of,
) -> AsyncIterator[Backend]:
    """A backend that is connected and relays events, until the end of the block.

    `models` makes its models from the settings.
    """
    metrics = metrics or Metrics()
    mongo, redis = mongo_of(settings, metrics), redis_of(settings)
    try:
        async with Lanes(redis, limits_of(settings), tracer, metrics.job) as queue:
            made = assemble(settings, mongo, redis, queue, utc_now, metrics, models)
            await made.events.start()
            try:
                yield made
            finally:
                await made.services.close()
    finally:
        await redis.close()
        await mongo.close()


def assemble(
    settings: Settings,
    mongo: Mongo,
    redis: Redis,
    queue: JobQueue,
    clock: Clock,
    metrics: Metrics | None = None,
    models: ChoiceOf = models_of,
) -> Backend:
    """Wire the services together; nothing is connected yet."""
    stores, new_id = Stores.on(mongo), Ids(clock)
    metrics = metrics or Metrics()
    events = Events(
        mongo,
        redis,
        new_id,
        clock=clock,
        queue=queue.add,
        follows=INDEXED_AFTER,
        cap=settings.event_stream_length,
        capacity=settings.subscriber_queue,
    )
    access = Access(stores.workspaces, stores.memberships)
    audit = Audit(stores.audit, clock, new_id)
    notifications = NotificationService(stores.notifications, events, clock, new_id)
    billing = billing_of(settings, mongo, stores, events, access, audit, notifications, clock)
    team = team_of(mongo, stores, access, audit, billing, notifications, clock=clock, new_id=new_id)
    progress = Progress(stores.contents, stores.targets, events, notifications)
    content = ContentService(
        mongo, stores.contents, stores.versions, access, audit, events, clock, new_id
    )
    people = people_of(
        settings, mongo, redis, stores, access, audit, events, metrics, clock=clock, new_id=new_id
    )
    adapters = adapters_of(stores, settings)
    allowed, users = billing.entitlements, people.users
    counted = figures(
        mongo, redis, stores, access, allowed, events, users, content, adapters, clock, new_id
    )
    paid = paid_of(
        settings,
        mongo,
        stores,
        access,
        audit,
        billing.entitlements,
        billing.credits,
        notifications,
        metrics,
        models(settings),
        clock=clock,
        new_id=new_id,
    )
    brands = brands_of(
        mongo,
        stores,
        access,
        audit,
        billing.entitlements,
        billing.excess,
        paid.models,
        clock=clock,
        new_id=new_id,
    )
    found = search_of(
        settings, mongo, stores, content, paid.models, access, events, clock=clock, new_id=new_id
    )
    ai = ai_of(
        settings,
        mongo,
        stores,
        access,
        billing.entitlements,
        events,
        content,
        paid,
        found.nearby,
        counted.prediction,
        report_handlers(stores, counted.analytics, clock, new_id),
        clock=clock,
        new_id=new_id,
    )
    recommending = recommending_of(
        settings, mongo, stores, access, audit, paid.models, found, clock=clock, new_id=new_id
    )
    erasure = Erasure(
        mongo,
        stores,
        counted.forgetting(events.forget),
        found.indexing.forget,
        brands.voice_erasure.forget,
        ending=billing.goodbyes.ask,
        accounts=people.accounts,
        sessions=people.sessions,
        api_keys=people.api_keys,
        clock=clock,
        new_id=new_id,
    )
    services = Services(
        access=access,
        accounts=people.accounts,
        analytics=counted.analytics,
        api_keys=people.api_keys,
        audit_trail=AuditTrail(stores.audit, access),
        authentication=people.authentication,
        benchmarking=counted.benchmarking,
        billing=billing.shown,
        content=content,
        cookies=Cookies(secure=settings.secure_cookies, clock=clock),
        credits=billing.credits,
        entitlements=billing.entitlements,
        erasure=erasure,
        events=events,
        export=Export(stores, people.users, clock),
        feed_reads=counted.feed_reads,
        feeds=recommending.feeds,
        indexing=found.indexing,
        insights=counted.insights,
        invitation_answers=team.answers,
        invitations=team.invitations,
        lifecycle=lifecycle_of(mongo, stores, content, counted.ledger.forget, clock, new_id),
        measuring=counted.measuring,
        members=team.members,
        generation=ai.generation,
        ideas=ai.ideas,
        jobs=ai.jobs,
        models=paid.models,
        usage=paid.usage,
        metrics=counted.metrics,
        metric_imports=counted.metric_imports,
        notifications=notifications,
        performance=counted.performance,
        prediction=counted.prediction,
        publishing=PublishingService(
            mongo, stores.contents, stores.targets, access, audit, progress, clock, new_id
        ),
        recommendations=recommending.recommendations,
        recommendation_feedback=recommending.feedback,
        reports=reports_of(settings, stores, counted.analytics, ai.jobs, access, clock),
        saved_searches=found.saved,
        search=found.search,
        plan_changes=billing.plan_changes,
        purchases=billing.purchases,
        reconciliation=billing.reconciliation,
        sessions=people.sessions,
        stripe_goodbyes=billing.goodbyes,
        stripe_inbox=billing.inbox,
        stripe_webhook=billing.webhook,
        templates=TemplateService(mongo, stores.templates, content, access, audit, clock, new_id),
        topics=recommending.topics,
        trend_reading=recommending.reading,
        trend_sources=recommending.sources,
        trends=recommending.trends,
        users=people.users,
        versions=VersionService(stores.versions, content),
        viewer_plans=billing.viewer_plans,
        voice=brands.voice,
        text_analyses=TextAnalyses(stores.contents, content, found.nearby, access),
        brands=brands.brands,
        assessments=brands.assessments,
        strategies=brands.strategies,
        workspace_deletion=deletion_of(mongo, stores, access, audit, billing, erasure),
        workspaces=team.workspaces,
    )
    deliveries = deliveries_of(mongo, stores, progress, adapters, clock)
    return Backend(
        settings, mongo, redis, stores, events, queue, deliveries, ai.runner, services, metrics
    )
