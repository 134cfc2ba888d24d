"""The application: what is served where, and what lives as long as it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute

from datasources.buckets import Buckets
from datasources.documents import Documents
from datasources.places import Places
from execution.limits import Limits
from schema.context import Context, EveryonesContext
from schema.loaders import Loaders
from schema.root import graph
from server.access_log import Telling
from server.application import Application
from server.clients import tracer_of
from server.compose import Backend, backend
from server.compose_billing import watch_plans
from server.cors import with_cors
from server.edge import Credentials, Edge
from server.explorer import Explorer
from server.feeds import feed_routes
from server.graphql_http import GraphQLHTTP
from server.graphql_ws import GraphQLSockets
from server.health import health_routes
from server.health_checks import HealthChecks
from server.limits import limiter
from server.metrics import Metrics
from server.metrics_page import MetricsPage, of_edge
from server.observed_execution import ObservedExecutor
from server.observed_requests import ObservedRequests
from server.occupancy import door
from server.persisted import RegisteredDocuments, trusted
from server.report_files import report_routes
from server.reports import report
from server.revoked import Revoked
from server.settings import Settings
from server.siblings import Siblings
from server.stripe_webhook import webhook_routes
from server.worker import run_worker
from services.viewer import Viewer

STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings, siblings: Siblings | None = None) -> Application:
    """An application of its own: only the schema is shared with another one of the process.

    The engines' URLs have to be in the settings; `server.cli` starts embedded ones first.
    `siblings` are the processes that serve with this one.
    """
    metrics, tracer = Metrics(), tracer_of(settings)
    executor = ObservedExecutor(
        graph(),
        told=Telling(metrics),
        delivered=metrics.deliveries.inc,
        running=metrics.subscriptions.inc,
        tracer=tracer,
        limits=Limits(
            seconds=settings.deadline_seconds, cost=settings.cost_limit, nodes=settings.node_limit
        ),
        report=report,
        introspection=settings.introspection,
        suggestions=settings.introspection,
        compiled=settings.compiled_execution,
    )
    explorer = Explorer(STATIC) if settings.explorer else None
    seen = Middleware(ObservedRequests, end=executor.end, tracer=tracer)
    app = Application(routes=[], lifespan=lifespan, middleware=[seen])
    app.state.settings, app.state.metrics = settings, metrics
    app.state.executor, app.state.siblings = executor, siblings
    app.state.trusted = trusted(settings.trusted_documents) if settings.trusted_documents else None
    app.state.explorer = explorer
    return app


@asynccontextmanager
async def lifespan(app: Application) -> AsyncIterator[None]:
    """Connect, migrate, serve, work; and at the end drain and close, in the other order."""
    settings: Settings = app.state.settings
    metrics: Metrics = app.state.metrics
    tracer = app.state.executor.tracer
    async with AsyncExitStack() as stack:
        if tracer is not None:
            stack.push_async_callback(tracer.close)
        made = await stack.enter_async_context(backend(settings, metrics=metrics, tracer=tracer))
        await made.migrations().run()
        buckets = Buckets(made.redis)
        stack.push_async_callback(buckets.flushed)
        places = Places(made.redis)
        await places.start()
        stack.push_async_callback(places.close)
        edge = replace(
            edge_of(made, app.state.executor, app.state.explorer, metrics),
            watch=app.state.executor.watch_on,
            limiter=limiter(settings, buckets, made.services.viewer_plans),
            door=door(settings, places),
            documents=app.state.trusted or registered(made),
        )
        stack.callback(Revoked(made, edge).watch())
        stack.callback(watch_plans(made.events, made.services.viewer_plans))
        app.state.backend, app.state.edge = made, edge
        graphql = GraphQLHTTP(edge)
        shared = with_cors(graphql, settings.allowed_origins)
        app.graphql = ObservedRequests(shared, app.state.executor.end, tracer)
        app.sockets = GraphQLSockets(edge)
        app.router.routes.extend(routes(edge, graphql, app.state.explorer, made))
        page, probes = watched(edge, made, app.state.siblings)
        app.router.routes.extend(probes)
        if app.state.siblings is not None:
            await stack.enter_async_context(app.state.siblings.answering(page.packed))
        if settings.worker:
            await stack.enter_async_context(worker(made))
        yield
        await edge.sockets.close_all()


def edge_of(
    made: Backend, executor: ObservedExecutor, explorer: Explorer | None, metrics: Metrics
) -> Edge[Viewer]:
    """What the transports need of the backend."""
    settings, services = made.settings, made.services

    async def authenticate(credentials: Credentials) -> Viewer:
        return await services.authentication.viewer(
            credentials.authorization, credentials.cookies, credentials.connection_params
        )

    def presume(credentials: Credentials) -> Viewer | None:
        return services.authentication.presumed(credentials.authorization, credentials.cookies)

    def make_context(viewer: Viewer, credentials: Credentials) -> Context:
        return Context(
            viewer=viewer,
            services=services,
            loaders=Loaders(services, lambda: viewer),
            connection_params=credentials.connection_params,
            cookies=credentials.cookies,
            address=credentials.address,
            user_agent=credentials.user_agent,
            last_event_id=credentials.last_event_id,
        )

    return Edge(
        executor=executor,
        authenticate=authenticate,
        make_context=make_context,
        presume=presume,
        make_shared=lambda: EveryonesContext(services, partial(Loaders, services)),
        delivered=metrics.deliveries.inc,
        explorer=explorer.page if explorer else None,
        observing=executor.observing,
        identity=lambda viewer: (viewer.user_id, viewer.key and viewer.key.id),
        stalled=metrics.dropped["socket"].inc,
        body_bytes=settings.body_limit_bytes,
        compressed_bytes=settings.compression,
        waiting_messages=settings.subscriber_queue,
        allowed_origins=frozenset(settings.allowed_origins),
    )


def registered(made: Backend) -> RegisteredDocuments:
    """The documents that clients register."""
    return RegisteredDocuments(Documents(made.redis, made.settings.persisted_seconds))


def routes(
    edge: Edge[Viewer], graphql: GraphQLHTTP[Viewer], explorer: Explorer | None, made: Backend
) -> list[BaseRoute]:
    """Everything that is served."""
    found: list[BaseRoute] = explorer.routes() if explorer else []
    return [
        *found,
        *feed_routes(made.services.feeds, made.services.feed_reads),
        *report_routes(made.services.reports),
        *webhook_routes(made.services.stripe_webhook),
        Route("/graphql", graphql),
        WebSocketRoute("/graphql", GraphQLSockets(edge)),
    ]


def watched(
    edge: Edge[Viewer], made: Backend, siblings: Siblings | None
) -> tuple[MetricsPage, list[Route]]:
    """What supervisors, load balancers and Prometheus ask, and the page of numbers."""
    checks = HealthChecks(made.mongo, made.redis, made.migrations(), siblings=siblings)
    here = partial(of_edge, edge.sockets, edge.executor.cache)
    page = MetricsPage(made.metrics, checks, made.settings.data_dir, here, siblings)
    return page, health_routes(checks, page, made.settings)


@asynccontextmanager
async def worker(made: Backend) -> AsyncIterator[None]:
    """The worker, as a task of this process; drained at the end of the block."""
    stop = asyncio.Event()
    working = run_worker(
        made.queue, made.deliveries, stop, services=made.services, runner=made.runner
    )
    task = asyncio.create_task(working)
    try:
        yield
    finally:
        stop.set()
        await task
