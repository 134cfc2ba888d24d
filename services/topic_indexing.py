"""Topics in the search index: what MongoDB has of them is brought there by jobs, as pieces are.

MongoDB holds the topics with their vectors; the index only finds them.
"""

from __future__ import annotations

from collections.abc import Sequence

from datasources.generations import Generation, Generations
from datasources.topic_vectors import PUBLIC, TopicVector
from datasources.trends import TrendTopic, TrendTopics
from datasources.vectors import VectorStore, unpacked
from services.events import Events
from services.ids import NewId

INDEX_TOPICS = "index_topics"
RENEW_TOPICS = "renew_topics"


class TopicIndexing:
    """A reader is a workspace, whose own topics are meant, or `PUBLIC`."""

    def __init__(
        self,
        kept: TrendTopics,
        generations: Generations,
        store: VectorStore,
        events: Events,
        new_id: NewId,
    ) -> None:
        self._kept = kept
        self._generations = generations
        self._store = store
        self._events = events
        self._new_id = new_id

    async def changed(self, reader: str) -> None:
        """Within the transaction that changes a reader's topics: ask for `index`."""
        await self._ask(INDEX_TOPICS, reader)

    async def index(self, reader: str) -> None:
        """Bring every generation to what the reader's topics are now, however late the job is."""
        await self._bring(reader, await self._generations.all())

    async def fill(self, generation: Generation) -> None:
        """Bring a generation to all topics that there are."""
        for reader in await self._kept.readers():
            await self._bring(reader, [generation])

    async def renew(self) -> None:
        """Have all topics made anew: those of another model are in no index that answers."""
        for reader in await self._kept.readers():
            await self._ask(RENEW_TOPICS, reader)

    async def forget(self, workspace_ids: Sequence[str]) -> None:
        """Before their topics go: nothing is left of these workspaces, nor of what they are in."""
        gone, public = set(workspace_ids), await self._kept.of_reader(PUBLIC)
        left = [topic for topic in public if gone.isdisjoint(topic.workspace_ids)]
        generations = await self._generations.all()
        for generation in generations:
            for id in workspace_ids:
                await self._store.topics.forget(generation.id, id)
            if len(left) < len(public):
                await self._put(generation, PUBLIC, left)
        await self.drop_ended(generations)

    async def _bring(self, reader: str, generations: Sequence[Generation]) -> None:
        """Repeated while they change meanwhile, so that the last state is the one kept."""
        seen, found = None, await self._kept.of_reader(reader)
        while seen != found:
            for generation in generations:
                await self._put(generation, reader, found)
            seen, found = found, await self._kept.of_reader(reader)
        await self.drop_ended(generations)

    async def drop_ended(self, written: Sequence[Generation]) -> None:
        """Of these that were written to, drop those that were given up before that was done: by
        then they had been dropped, and nobody else would look for what came after.
        """
        there = {each.id for each in await self._generations.all()}
        for generation in written:
            if generation.id not in there:
                await self._store.drop(generation.id)

    async def _put(self, generation: Generation, reader: str, found: Sequence[TrendTopic]) -> None:
        made = [
            TopicVector(topic.id, unpacked(topic.vector))
            for topic in found
            if topic.model == generation.model
        ]
        await self._store.topics.put(generation.id, generation.dimension, reader, made)

    async def _ask(self, task: str, reader: str) -> None:
        await self._events.enqueue(task, f"{task}:{self._new_id('evt')}", {"reader": reader})
