"""Trends: what several entries of feeds are about, and how that has risen.

There are two kinds. The topics of the feeds that a workspace subscribes to are its own. Those of
what workspaces of this server publish openly are made once for all, from vectors that the search
index has already: no model is asked on anybody's account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from datasources.feed import Entries, Entry
from datasources.models import ModelFailure
from datasources.mongo import Mongo
from datasources.topic_vectors import PUBLIC
from datasources.trends import Share, TrendItems, TrendTopic, TrendTopics
from datasources.vectors import packed
from services.clock import Clock
from services.ids import NewId
from services.meanings import Meanings
from services.model_ledger import BudgetExceeded
from services.topic_indexing import TopicIndexing
from services.trend_topics import Text, Topic, named, topics

log: structlog.stdlib.BoundLogger = structlog.get_logger()

RECENT = timedelta(days=7)
WINDOW = timedelta(days=28)
"""Entries of the last week are compared with those of the three weeks before it."""
MOST = 400
MOST_OF_ONE = 40
"""How many entries one public feed may have in it, so that none makes the topics of all."""
OLD = timedelta(hours=6)


class Trends:
    """Makes topics and keeps them. The worker calls it; nobody waits for it."""

    def __init__(
        self,
        mongo: Mongo,
        items: TrendItems,
        entries: Entries,
        kept: TrendTopics,
        meanings: Meanings,
        indexing: TopicIndexing,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._items = items
        self._entries = entries
        self._kept = kept
        self._meanings = meanings
        self._indexing = indexing
        self._clock = clock
        self._new_id = new_id

    async def refresh(self, workspace_id: str) -> int:
        """Make the topics of a workspace's feeds anew; how many.

        Raises `ModelFailure` and `BudgetExceeded`; the topics stay as they were then.
        """
        now = self._clock()
        items = await self._items.latest(workspace_id, now - WINDOW, limit=MOST)
        words = [f"{item.title}\n{item.summary}".strip() for item in items]
        vectors = await self._meanings.of(workspace_id, None, words)
        texts = [
            Text(item.id, item.source_id, item.title, item.summary, item.published_at, vector)
            for item, vector in zip(items, vectors, strict=True)
        ]
        found = await asyncio.to_thread(topics, texts, now - RECENT)
        made = [await self._named(workspace_id, topic) for topic in found]
        return await self._keep(workspace_id, [each for each in made if each], now)

    async def refresh_public(self) -> int:
        """Make the topics of all public feeds of this server anew; how many."""
        now = self._clock()
        entries = few_of_each(await self._entries.since(now - WINDOW, limit=2 * MOST))[:MOST]
        places = [(entry.workspace_id, entry.content_id) for entry in entries]
        vectors = await self._meanings.indexed(places)
        texts = [
            Text(
                entry.id,
                entry.workspace_id,
                entry.title or "",
                entry.body,
                entry.published_at,
                vector,
            )
            for entry, vector in zip(entries, vectors, strict=True)
            if vector is not None
        ]
        found = await asyncio.to_thread(topics, texts, now - RECENT)
        return await self._keep(PUBLIC, [each for each in map(named, found) if each], now)

    async def renew(self, reader: str) -> None:
        """Make a reader's topics anew; where no model answers they stay as they were."""
        try:
            await (self.refresh_public() if reader == PUBLIC else self.refresh(reader))
        except (ModelFailure, BudgetExceeded) as failure:
            log.warning("topics stay as they were", reader=reader, code=failure.code)

    async def old(self, workspace_id: str) -> bool:
        """Whether a workspace's topics were made too long ago, by another model, or never."""
        made = await self._kept.made_at(workspace_id, await self._meanings.model())
        return made is None or made < self._clock() - OLD

    async def _named(self, workspace_id: str, topic: Topic) -> tuple[str, Topic] | None:
        """A topic with that of its names which is closest to what it means."""
        vectors = await self._meanings.of(workspace_id, None, topic.names)
        return named(topic, vectors)

    async def _keep(self, reader: str, found: Sequence[tuple[str, Topic]], now: datetime) -> int:
        model = await self._meanings.model() if found else ""
        made = [self._record(reader, phrase, topic, model, now) for phrase, topic in found]

        async def change() -> None:
            await self._kept.replace(reader, made)
            await self._indexing.changed(reader)

        await self._mongo.transact(change)
        return len(made)

    def _record(
        self, reader: str, phrase: str, topic: Topic, model: str, now: datetime
    ) -> TrendTopic:
        return TrendTopic(
            id=self._new_id("top"),
            public=reader == PUBLIC,
            workspace_ids=sorted(topic.shares) if reader == PUBLIC else [reader],
            phrase=phrase,
            vector=packed(topic.vector),
            model=model,
            shares={origin: Share(*counts) for origin, counts in topic.shares.items()},
            entries=list(topic.entries),
            computed_at=now,
        )


def few_of_each(entries: Sequence[Entry]) -> list[Entry]:
    """The latest 40 of each feed."""
    counts: dict[str, int] = {}
    kept = []
    for entry in entries:
        counts[entry.workspace_id] = counts.get(entry.workspace_id, 0) + 1
        if counts[entry.workspace_id] <= MOST_OF_ONE:
            kept.append(entry)
    return kept
