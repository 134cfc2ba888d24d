"""Publishing put together: what people ask for, what the worker does, and the public feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from services.access import Access
from services.adapters import Adapters, PlatformAdapter
from services.audit import Audit
from services.clock import Clock
from services.deliveries import Deliveries
from services.events import Events
from services.feed_adapter import FeedAdapter
from services.feeds import Feeds
from services.ids import NewId
from services.progress import Progress
from services.publishing import PublishingService


@dataclass(frozen=True, slots=True)
class Publishing:
    """`service` for the graph, `deliveries` for the worker, `feeds` for the public routes."""

    service: PublishingService
    deliveries: Deliveries
    feeds: Feeds


def compose(
    mongo: Mongo,
    stores: Stores,
    access: Access,
    audit: Audit,
    events: Events,
    clock: Clock,
    new_id: NewId,
    *,
    public_url: str,
    adapters: Sequence[PlatformAdapter] = (),
) -> Publishing:
    """Publishing on this database. `adapters` are for the platforms beside the feed.

    `public_url` is where this server is reached from outside, as in `https://brand.example`.
    """
    contents, targets, entries = stores.contents, stores.targets, stores.entries
    progress = Progress(contents, targets, events)
    speakers = Adapters([FeedAdapter(entries, public_url), *adapters])
    return Publishing(
        PublishingService(mongo, contents, targets, access, audit, progress, clock, new_id),
        Deliveries(mongo, contents, targets, stores.users, progress, speakers, clock),
        Feeds(entries, stores.workspaces, public_url),
    )
