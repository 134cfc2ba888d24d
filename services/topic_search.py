"""Finding topics: what others write about that means what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasources.models import ModelMisconfigured
from datasources.topic_vectors import TopicVectors
from datasources.trends import TrendTopic, TrendTopics
from datasources.vectors import Hit
from services.access import Access
from services.cursors import size_of
from services.index_entries import FEATURE
from services.indexing import Indexing
from services.models import Models, Purpose
from services.permissions import Permission
from services.search import LONGEST
from services.topic_evidence import Evidence, TopicEvidence
from services.validation import text
from services.viewer import Viewer

TOPICS = 10
BESIDES = 20
"""So many more are asked for: some of them are only of the workspace itself, or are over."""


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic, how well it fits (the cosine), how often others came to it, and what to read.

    `recent` counts the last week, `before` the three weeks before it.
    """

    topic: TrendTopic
    score: float
    recent: int
    before: int
    evidence: Sequence[Evidence]


class TopicSearch:
    """Every topic is read before it is shown: the index only ranks."""

    def __init__(
        self,
        indexing: Indexing,
        store: TopicVectors,
        models: Models,
        topics: TrendTopics,
        evidence: TopicEvidence,
        access: Access,
    ) -> None:
        self._indexing = indexing
        self._store = store
        self._models = models
        self._topics = topics
        self._evidence = evidence
        self._access = access

    async def search(
        self, viewer: Viewer, workspace_id: str, query: str, first: int | None = None
    ) -> list[FoundTopic]:
        """The 1 to 100, else 10, that are nearest: of the workspace's feeds, and public ones.

        Raises BadInput as `SearchService.search` does, `ModelFailure` and `BudgetExceeded`.
        """
        generation = await self._access.guard(
            viewer, Permission.CONTENT_READ, workspace_id, self._indexing.current
        )
        wanted = text("query", query, least=1, most=LONGEST)
        size = size_of("first", first) or TOPICS
        model = self._models.known(generation.model)
        if model is None:
            raise ModelMisconfigured("the search index was made with another; run reindex")
        purpose = Purpose(workspace_id, FEATURE, viewer.user_id)
        async with self._models.meaning(purpose, wanted, model) as vector:
            hits = await self._store.near(generation.id, workspace_id, vector, size + BESIDES)
        return (await self._read(workspace_id, hits))[:size]

    async def _read(self, workspace_id: str, hits: Sequence[Hit]) -> list[FoundTopic]:
        read = await self._topics.get_many([hit.id for hit in hits])
        there = [
            (topic, hit.score)
            for topic, hit in zip(read, hits, strict=True)
            if topic is not None and topic.readable_by(workspace_id)
        ]
        known = await self._evidence.of(workspace_id, [topic for topic, _ in there])
        return [
            found(topic, score, known[topic.id], workspace_id)
            for topic, score in there
            if topic.id in known
        ]


def found(
    topic: TrendTopic, score: float, evidence: Sequence[Evidence], workspace_id: str
) -> FoundTopic:
    """As it is told: one's own entries are not counted."""
    shares = [each for origin, each in topic.shares.items() if origin != workspace_id]
    recent, before = sum(each.recent for each in shares), sum(each.before for each in shares)
    return FoundTopic(topic, min(score, 1.0), recent, before, evidence)
