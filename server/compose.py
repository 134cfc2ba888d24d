"""The composition root: every store and service of a process, made once, from its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson

from datasources.jobs import JobQueue
from datasources.lanes import Lanes
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.revocations import Revocations
from datasources.spans import Tracer
from datasources.stores import Stores
from datasources.throttle import Counters
from server.backend import Backend
from server.clients import limits_of, mongo_of, redis_of
from server.compose_ai import ai_of
from server.compose_figures import figures
from server.compose_publishing import adapters_of, deliveries_of
from server.compose_team import team_of
from server.metrics import Metrics
from server.search import search_of
from server.secrets import signing_keys
from server.settings import Settings
from server.signups import CountedAccounts
from services.access import Access
from services.api_keys import ApiKeys
from services.audit import Audit, AuditTrail
from services.authentication import Authentication
from services.clock import Clock, utc_now
from services.content import ContentService
from services.cookies import Cookies
from services.counts import counts
from services.endings import Endings
from services.entitlements import Entitlements
from services.erasure import Erasure
from services.events import Events
from services.export import Export
from services.feeds import Feeds
from services.ids import Ids
from services.indexing import FOLLOWS as INDEXED_AFTER
from services.lifecycle import Lifecycle
from services.notifications import NotificationService
from services.passwords import Passwords
from services.progress import Progress
from services.publishing import PublishingService
from services.reuse import ReuseAlarm
from services.services import Services
from services.sessions import Sessions
from services.templates import TemplateService
from services.throttle import Throttle
from services.tokens import Keys, Tokens
from services.users import UserService
from services.versions import VersionService
from services.workspace_deletion import WorkspaceDeletion

__all__ = ["Backend", "assemble", "backend"]


@asynccontextmanager
async def backend(
    settings: Settings, metrics: Metrics | None = None, tracer: Tracer | None = None
) -> AsyncIterator[Backend]:
    """A backend that is connected and relays events, until the end of the block."""
    metrics = metrics or Metrics()
    mongo, redis = mongo_of(settings, metrics), redis_of(settings)
    try:
        async with Lanes(redis, limits_of(settings), tracer, metrics.job) as queue:
            made = assemble(settings, mongo, redis, queue, utc_now, metrics)
            await made.events.start()
            try:
                yield made
            finally:
                await made.events.close()
                await made.services.models.close()
                await made.services.indexing.close()
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

    async def broadcast(channel: str, payload: Mapping[str, Any]) -> None:
        await events.broadcast(channel, orjson.dumps(payload).decode())

    access = Access(stores.workspaces, stores.memberships)
    audit = Audit(stores.audit, clock, new_id)
    entitlements = Entitlements(
        stores.billing_accounts,
        stores.workspaces,
        counts(stores.workspaces, stores.memberships),
        settings.default_plan,
    )
    notifications = NotificationService(stores.notifications, events, clock, new_id)
    team = team_of(
        mongo, stores, access, audit, entitlements, notifications, clock=clock, new_id=new_id
    )
    progress = Progress(stores.contents, stores.targets, events, notifications)
    content = ContentService(
        mongo, stores.contents, stores.versions, access, audit, events, clock, new_id
    )
    ai = ai_of(
        settings,
        mongo,
        stores,
        access,
        audit,
        entitlements,
        notifications,
        events,
        content,
        clock=clock,
        new_id=new_id,
    )
    found = search_of(
        settings, mongo, stores, content, ai.models, access, clock=clock, new_id=new_id
    )
    revocations = Revocations(redis)
    tokens = Tokens(
        Keys(dict(signing_keys(settings))),
        clock,
        new_id,
        lifetime=timedelta(seconds=settings.access_token_seconds),
    )
    sessions = Sessions(
        stores.sessions,
        Endings(stores.sessions, revocations, broadcast, clock),
        tokens,
        ReuseAlarm(stores.users, audit),
        clock=clock,
        new_id=new_id,
        lifetime=timedelta(seconds=settings.refresh_token_seconds),
    )
    api_keys = ApiKeys(mongo, stores.api_keys, access, audit, broadcast, clock=clock, new_id=new_id)
    users = UserService(stores.users, stores.workspaces, stores.memberships, clock)
    accounts = CountedAccounts(
        mongo,
        stores.users,
        stores.workspaces,
        stores.memberships,
        audit,
        sessions=sessions,
        passwords=Passwords(memory=settings.password_memory_kib, passes=settings.password_rounds),
        throttle=Throttle(Counters(redis)),
        clock=clock,
        new_id=new_id,
    ).counting(metrics.signups.inc)
    adapters = adapters_of(stores, settings)
    counted = figures(mongo, redis, stores, access, events, users, content, adapters, clock, new_id)
    erasure = Erasure(
        mongo,
        stores,
        counted.forgetting(events.forget),
        found.indexing.forget,
        accounts=accounts,
        sessions=sessions,
        api_keys=api_keys,
        clock=clock,
        new_id=new_id,
    )
    services = Services(
        access=access,
        accounts=accounts,
        analytics=counted.analytics,
        api_keys=api_keys,
        audit_trail=AuditTrail(stores.audit, access),
        authentication=Authentication(tokens, revocations, api_keys),
        benchmarking=counted.benchmarking,
        content=content,
        cookies=Cookies(secure=settings.secure_cookies, clock=clock),
        entitlements=entitlements,
        erasure=erasure,
        events=events,
        export=Export(stores, users, clock),
        feed_reads=counted.feed_reads,
        feeds=Feeds(stores.entries, stores.workspaces, settings.url),
        indexing=found.indexing,
        insights=counted.insights,
        invitation_answers=team.answers,
        invitations=team.invitations,
        lifecycle=Lifecycle(
            mongo,
            stores.contents,
            stores.targets,
            [stores.versions, stores.targets, stores.entries],
            content,
            clock,
            new_id,
            forget=[counted.ledger.forget],
        ),
        measuring=counted.measuring,
        members=team.members,
        generation=ai.generation,
        jobs=ai.jobs,
        models=ai.models,
        usage=ai.usage,
        metrics=counted.metrics,
        notifications=notifications,
        performance=counted.performance,
        publishing=PublishingService(
            mongo, stores.contents, stores.targets, access, audit, progress, clock, new_id
        ),
        search=found.search,
        sessions=sessions,
        templates=TemplateService(mongo, stores.templates, content, access, audit, clock, new_id),
        users=users,
        versions=VersionService(stores.versions, content),
        workspace_deletion=WorkspaceDeletion(
            mongo, stores.workspaces, stores.targets, stores.users, access, audit, erasure
        ),
        workspaces=team.workspaces,
    )
    deliveries = deliveries_of(mongo, stores, progress, adapters, clock)
    return Backend(
        settings, mongo, redis, stores, events, queue, deliveries, ai.runner, services, metrics
    )
