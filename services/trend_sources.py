"""Trend sources: the feeds that a workspace subscribes to, for topics that rise elsewhere."""

from __future__ import annotations

from datasources.feed_site import FeedSites
from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.trend_sources import TrendSource, TrendSources
from datasources.trends import TrendItems, TrendTopics
from datasources.workspaces import Workspaces
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.failures import Failure, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.topic_indexing import TopicIndexing
from services.validation import text
from services.viewer import Viewer

LISTED = Order()
MOST = 25
URL = 2048


class TooManyTrendSources(Failure):
    """The workspace subscribes to as many feeds as it may."""

    code = "TOO_MANY_TREND_SOURCES"

    def __init__(self) -> None:
        super().__init__(
            f"A workspace subscribes to at most {MOST} feeds. Remove one first.", limit=MOST
        )


class TrendSourceService:
    """Whoever reads content sees the sources; whoever writes content adds and removes them."""

    def __init__(
        self,
        mongo: Mongo,
        sources: TrendSources,
        items: TrendItems,
        topics: TrendTopics,
        indexing: TopicIndexing,
        workspaces: Workspaces,
        sites: FeedSites,
        access: Access,
        audit: Audit,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._sources = sources
        self._items = items
        self._topics = topics
        self._indexing = indexing
        self._workspaces = workspaces
        self._sites = sites
        self._access = access
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[TrendSource]:
        """A slice of a workspace's sources, latest first."""
        await self._access.check(viewer, Permission.CONTENT_READ, workspace_id)
        return await page(self._sources, {"workspace_id": workspace_id}, LISTED, window)

    async def add(self, viewer: Viewer, workspace_id: str, url: str) -> TrendSource:
        """Subscribe to a feed: a worker reads it within a minute. Once is enough for a URL.

        Raises UrlNotAllowed for a URL that would never be fetched, and TooManyTrendSources.
        """
        await self._access.check(viewer, Permission.CONTENT_WRITE, workspace_id)
        address = text("url", url, least=1, most=URL)
        self._sites.check(address)

        async def change() -> TrendSource:
            await self._workspaces.take_turn(workspace_id)
            same = {"workspace_id": workspace_id, "url": address}
            if (known := await self._sources.find_one(same)) is not None:
                return known
            if await self._sources.count({"workspace_id": workspace_id}) >= MOST:
                raise TooManyTrendSources
            return await self._insert(viewer, workspace_id, address)

        return await self._mongo.transact(change)

    async def remove(self, viewer: Viewer, id: str) -> None:
        """Unsubscribe: what was read there is forgotten, and the topics that were made of it."""
        source = await self._sources.get(id)
        if source is None:
            raise NotFound("trend source", id)
        home = source.workspace_id
        await self._access.check(viewer, Permission.CONTENT_WRITE, home, of=("trend source", id))

        async def change() -> None:
            if not await self._sources.delete(id):
                raise NotFound("trend source", id)
            await self._items.delete_many({"source_id": id})
            await self._topics.forget_source(home, id)
            await self._indexing.changed(home)
            await self._audit.record(viewer, home, "trend_source.removed", id)

        await self._mongo.transact(change)

    async def _insert(self, viewer: Viewer, workspace_id: str, url: str) -> TrendSource:
        now = self._clock()
        source = TrendSource(
            id=self._new_id("trs"),
            workspace_id=workspace_id,
            added_by=viewer.id(),
            url=url,
            next_check_at=now,
            created_at=now,
        )
        await self._sources.insert(source)
        await self._audit.record(viewer, workspace_id, "trend_source.added", source.id)
        return source

    async def close(self) -> None:
        """Give the sockets back."""
        await self._sites.close()
