"""What is behind the edge of one process: its connections, its stores and its services."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.jobs import JobQueue
from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.stores import Stores
from server.metrics import Metrics
from server.settings import Settings
from services.deliveries import Deliveries
from services.events import Events
from services.job_runner import JobRunner
from services.services import Services


@dataclass(frozen=True, slots=True)
class Backend:
    """Everything behind the edge of one process."""

    settings: Settings
    mongo: Mongo
    redis: Redis
    stores: Stores
    events: Events
    queue: JobQueue
    deliveries: Deliveries
    runner: JobRunner
    services: Services
    metrics: Metrics

    def migrations(self) -> Migrations:
        """The indexes and schema versions of this database."""
        return Migrations(self.mongo, self.stores.all())
