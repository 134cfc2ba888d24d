"""The part of the composition that deals in figures."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from services.access import Access
from services.clock import Clock
from services.events import Events
from services.ledger import Books, Ledger
from services.metrics import MetricsService


@dataclass(frozen=True, slots=True)
class Figures:
    """What brings figures in, and what is made of them."""

    ledger: Ledger
    metrics: MetricsService


def figures(mongo: Mongo, stores: Stores, access: Access, events: Events, clock: Clock) -> Figures:
    """Wired together."""
    books = Books(
        snapshots=stores.analytics_snapshots,
        standings=stores.analytics_standings,
        workspace_gains=stores.analytics_hours,
        content_gains=stores.content_hours,
        editions=stores.analytics_editions,
    )
    ledger = Ledger(mongo, books, events)
    return Figures(
        ledger=ledger,
        metrics=MetricsService(stores.contents, access, ledger, clock),
    )
