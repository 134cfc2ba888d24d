"""What there is to read on a topic: each entry is read before it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from datasources.feed import Entries
from datasources.trends import TrendItems, TrendTopic
from services.feeds import Feeds, headline

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something to read on a topic: its title, its address, and when it came out."""

    title: str
    url: str
    published_at: datetime


class TopicEvidence:
    """From the feeds that a workspace subscribes to, and from the public ones of others here."""

    def __init__(self, items: TrendItems, entries: Entries, feeds: Feeds) -> None:
        self._items = items
        self._entries = entries
        self._feeds = feeds

    async def of(
        self, workspace_id: str, topics: Sequence[TrendTopic]
    ) -> Mapping[str, Sequence[Evidence]]:
        """By the ids of topics that the workspace may read: up to three of what others wrote.

        A topic of which all has gone is none any more, and is left out.
        """
        known = await self._read(workspace_id, topics)
        found = {
            topic.id: [known[id] for id in topic.entries if id in known][:SHOWN] for topic in topics
        }
        return {id: there for id, there in found.items() if there}

    async def _read(
        self, workspace_id: str, topics: Sequence[TrendTopic]
    ) -> Mapping[str, Evidence]:
        """By the ids of entries."""
        public = [id for topic in topics if topic.public for id in topic.entries]
        own = [id for topic in topics if not topic.public for id in topic.entries]
        found: dict[str, Evidence] = {}
        for entry in await self._entries.get_many(public):
            if entry and entry.workspace_id != workspace_id:
                address = f"{self._feeds.url(entry.workspace_id)}/{entry.id}"
                found[entry.id] = Evidence(headline(entry), address, entry.published_at)
        for item in await self._items.get_many(own):
            if item and item.workspace_id == workspace_id and item.url:
                found[item.id] = Evidence(item.title or item.summary, item.url, item.published_at)
        return found
