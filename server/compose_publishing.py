"""The part of the composition that speaks to platforms."""

from __future__ import annotations

from datasources.mongo import Mongo
from datasources.stores import Stores
from server.settings import Settings
from services.adapters import Adapters
from services.clock import Clock
from services.deliveries import Deliveries
from services.feed_adapter import FeedAdapter
from services.progress import Progress


def adapters_of(stores: Stores, settings: Settings) -> Adapters:
    """Who speaks to which platform."""
    return Adapters([FeedAdapter(stores.entries, settings.url)])


def deliveries_of(
    mongo: Mongo, stores: Stores, progress: Progress, adapters: Adapters, clock: Clock
) -> Deliveries:
    """What brings pieces there."""
    return Deliveries(
        mongo, stores.contents, stores.targets, stores.users, progress, adapters, clock
    )
