"""Reading feeds: every so often, each for itself, so that a bad one is nobody else's trouble."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from datasources.failures import Unavailable
from datasources.feed_site import FeedSites, FetchedFeed
from datasources.mongo import Mongo
from datasources.outbound_failures import FetchFailed, UrlNotAllowed
from datasources.trend_sources import TrendSource, TrendSources, TrendSourceState
from datasources.trends import TrendItem, TrendItems
from services.clock import Clock
from services.feed_reading import FeedUnreadable, ReadFeed, read_feed
from services.trends import WINDOW, Trends

log: structlog.stdlib.BoundLogger = structlog.get_logger()

HOURLY = timedelta(hours=1)
LONGEST = timedelta(days=1)
CLAIMED = timedelta(minutes=5)
AT_ONCE = 8
MOST = 80


class TrendReading:
    """The worker calls `run`. A source's next time is set before its server is asked."""

    def __init__(
        self,
        mongo: Mongo,
        sources: TrendSources,
        items: TrendItems,
        sites: FeedSites,
        trends: Trends,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._sources = sources
        self._items = items
        self._sites = sites
        self._trends = trends
        self._clock = clock

    async def run(self) -> int:
        """Look at the sources that are due, 80 at most; how many of them could be read.

        Topics are made anew where something new came, and where they have become old.
        """
        due = await self._sources.due(self._clock(), limit=MOST)
        turns = asyncio.Semaphore(AT_ONCE)

        async def look(source: TrendSource) -> int | None:
            async with turns:
                return await self._look(source)

        found = await asyncio.gather(*(look(source) for source in due))
        news: dict[str, int] = {}
        for source, fresh in zip(due, found, strict=True):
            if fresh is not None:
                news[source.workspace_id] = news.get(source.workspace_id, 0) + fresh
        for workspace_id, fresh in news.items():
            if fresh or await self._trends.old(workspace_id):
                await self._trends.renew(workspace_id)
        return sum(fresh is not None for fresh in found)

    async def _look(self, source: TrendSource) -> int | None:
        """How many new entries it has; None where it is another's turn or cannot be read."""
        now = self._clock()
        if not await self._sources.claim(source, now + CLAIMED):
            return None
        try:
            fetched = await self._sites.fetch(source.url, source.etag, source.modified)
            read = await self._read(fetched) if fetched else None
        except (FeedUnreadable, FetchFailed, UrlNotAllowed) as problem:
            await self._failed(source, problem.code, str(problem))
            return None
        except Unavailable:
            raise
        except Exception:
            log.exception("a feed could not be read", source=source.id)
            await self._failed(source, FeedUnreadable.code, "This feed could not be read.")
            return None
        return await self._keep(source, fetched, read)

    async def _read(self, fetched: FetchedFeed) -> ReadFeed:
        return await asyncio.to_thread(read_feed, fetched.body, fetched.url, fetched.charset)

    async def _keep(
        self, source: TrendSource, fetched: FetchedFeed | None, read: ReadFeed | None
    ) -> int:
        """Both at once, unless the source was removed meanwhile."""
        now = self._clock()
        items = kept(source, read, now) if read else []
        noted = seen(source, fetched, read, now)

        async def change() -> int:
            if not await self._sources.note(source.id, noted):
                return 0
            return await self._items.keep(items)

        return await self._mongo.transact(change)

    async def _failed(self, source: TrendSource, code: str, message: str) -> None:
        now, failures = self._clock(), source.failures + 1
        wait = min(LONGEST, HOURLY * 2 ** min(failures - 1, 5))
        await self._sources.note(
            source.id,
            {
                "state": TrendSourceState.FAILING,
                "problem": message,
                "problem_code": code,
                "failures": failures,
                "checked_at": now,
                "next_check_at": now + wait,
            },
        )


def seen(
    source: TrendSource, fetched: FetchedFeed | None, read: ReadFeed | None, now: datetime
) -> Mapping[str, object]:
    """What is noted of a source that answered; less where nothing had changed."""
    noted: dict[str, object] = {
        "state": TrendSourceState.OK,
        "problem": None,
        "problem_code": None,
        "failures": 0,
        "checked_at": now,
        "next_check_at": now + HOURLY,
    }
    if fetched and read:
        noted |= {"etag": fetched.etag, "modified": fetched.modified, "items": len(read.items)}
        noted["title"] = read.title or source.title
    return noted


def kept(source: TrendSource, read: ReadFeed, now: datetime) -> Sequence[TrendItem]:
    """The entries of the last weeks. What tells no time, or one to come, came out just now."""
    found = [
        TrendItem(
            id=f"{source.id}:{hashlib.sha256(each.key.encode()).hexdigest()[:26]}",
            workspace_id=source.workspace_id,
            source_id=source.id,
            title=each.title,
            summary=each.summary,
            url=each.url,
            published_at=min(each.published_at or now, now),
        )
        for each in read.items
    ]
    recent = {each.id: each for each in found if each.published_at > now - WINDOW}
    return list(recent.values())
