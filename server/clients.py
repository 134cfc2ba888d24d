"""The connections of one process to its engines, and how it works, from the settings."""

from __future__ import annotations

from datetime import timedelta

from datasources.jobs import WorkerLimits
from datasources.mongo import Mongo
from datasources.redis import Redis
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


def limits_of(settings: Settings) -> WorkerLimits:
    """How a worker goes about it."""
    return WorkerLimits(
        concurrency=settings.worker_concurrency,
        lease=timedelta(seconds=settings.redelivery_seconds),
    )
