"""The part of the composition that speaks to platforms."""

from __future__ import annotations

from datasources.mongo import Mongo
from datasources.stores import Stores
from server.settings import Settings
from services.adapters import Adapters
from services.clock import Clock
from services.content import ContentService
from services.deliveries import Deliveries
from services.feed_adapter import FeedAdapter
from services.ids import NewId
from services.lifecycle import Forget, Lifecycle
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


def lifecycle_of(
    mongo: Mongo,
    stores: Stores,
    content: ContentService,
    forget: Forget,
    clock: Clock,
    new_id: NewId,
) -> Lifecycle:
    """What happens to pieces as a whole."""
    return Lifecycle(
        mongo,
        stores.contents,
        stores.targets,
        [stores.versions, stores.targets, stores.entries],
        content,
        clock,
        new_id,
        forget=[forget],
    )
