"""The connections of one process to its engines, and how it works, from the settings."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import version

from datasources.jobs import WorkerLimits
from datasources.mongo import Mongo
from datasources.outbound import Outbound
from datasources.outbound_addresses import Reach
from datasources.redis import Redis
from datasources.spans import Tracer
from server.metrics import Metrics
from server.settings import Settings


def mongo_of(settings: Settings, metrics: Metrics) -> Mongo:
    """The database, whose commands are measured."""
    return Mongo(
        settings.mongodb_url,
        settings.mongodb_database,
        timeout=settings.engine_timeout_seconds,
        seen=metrics.command,
    )


def redis_of(settings: Settings) -> Redis:
    """Redis."""
    return Redis(
        settings.redis_url, settings.redis_namespace, timeout=settings.engine_timeout_seconds
    )


def tracer_of(settings: Settings) -> Tracer | None:
    """Where traces go; None, and nothing of OpenTelemetry is imported, where they are not wanted.

    It has to be closed.
    """
    if not settings.otel_exporter_otlp_endpoint:
        return None
    from datasources.telemetry import Destination, OtlpTracer

    return OtlpTracer(
        Destination(
            settings.otel_exporter_otlp_endpoint,
            settings.otel_service_name,
            version("brandgraph"),
            settings.otel_exporter_otlp_headers,
            settings.otel_traces_sampler.value,
            settings.otel_traces_sampler_arg,
        )
    )


def outbound_of(settings: Settings) -> Outbound:
    """The way out to URLs that users gave. Whoever makes it closes it."""
    return Outbound(Reach(settings.outbound_networks, settings.outbound_ports))


def limits_of(settings: Settings) -> WorkerLimits:
    """How a worker goes about it."""
    return WorkerLimits(
        concurrency=settings.worker_concurrency,
        lease=timedelta(seconds=settings.redelivery_seconds),
    )
