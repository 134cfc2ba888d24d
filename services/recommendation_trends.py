"""Topics that could be recommended because others write about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasources.feed import Entries
from datasources.recommendations import RecommendationType
from datasources.trends import TrendItems, TrendTopic, TrendTopics
from datasources.vectors import unpacked
from services import recommendation_reasons as reasons
from services.recommendation_candidates import Candidate
from services.recommendation_ground import Ground
from services.recommendation_ranking import relevance
from services.topic_evidence import TopicEvidence
from services.trend_topics import rise
from services.trends import RECENT, WINDOW

RISING = 1.5
LEAST_RECENT = 3
FITTING, NEAR = 0.33, 0.38
"""What rises has to be this near at least; what does not rise, this near."""
LEAST, LEAST_FEEDS = 2, 2
"""Entries of a topic, and public feeds that it is on: what one of them repeats is its own."""
MOST = 20
COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Totals:
    """How many entries there were in all, on the same feeds."""

    recent: int
    before: int


class TrendCandidates:
    """From the feeds that a workspace subscribes to, and from the public ones of others here."""

    def __init__(
        self, topics: TrendTopics, items: TrendItems, entries: Entries, evidence: TopicEvidence
    ) -> None:
        self._topics = topics
        self._items = items
        self._entries = entries
        self._evidence = evidence

    async def of(self, ground: Ground) -> list[Candidate]:
        """Those that are near enough; each entry that is shown is there at this moment."""
        if not ground.model:
            return []
        found = await self._topics.readable(ground.workspace_id, ground.model)
        if not found:
            return []
        totals = {True: await self._public(ground), False: await self._own(ground)}
        made = [candidate(each, ground, totals[each.public]) for each in found]
        some = sorted(filter(None, made), key=lambda each: -each[1].strength)[:MOST]
        return await self._read(ground, some)

    async def _public(self, ground: Ground) -> Totals:
        others = {"workspace_id": {"$ne": ground.workspace_id}}
        since, recent = ground.now - WINDOW, ground.now - RECENT
        fresh = {"published_at": {"$gte": recent}, **others}
        old = {"published_at": {"$gte": since, "$lt": recent}, **others}
        return Totals(
            await self._entries.count(fresh, limit=COUNTED),
            await self._entries.count(old, limit=COUNTED),
        )

    async def _own(self, ground: Ground) -> Totals:
        mine = {"workspace_id": ground.workspace_id}
        since, recent = ground.now - WINDOW, ground.now - RECENT
        return Totals(
            await self._items.count({**mine, "published_at": {"$gte": recent}}),
            await self._items.count({**mine, "published_at": {"$gte": since, "$lt": recent}}),
        )

    async def _read(
        self, ground: Ground, found: Sequence[tuple[TrendTopic, Candidate]]
    ) -> list[Candidate]:
        """With something to read on each."""
        there = await self._evidence.of(ground.workspace_id, [topic for topic, _ in found])
        return [each.with_evidence(there[topic.id]) for topic, each in found if topic.id in there]


def candidate(
    topic: TrendTopic, ground: Ground, totals: Totals
) -> tuple[TrendTopic, Candidate] | None:
    """A topic of others, if it is near; one's own entries are not counted."""
    shares = {
        origin: each for origin, each in topic.shares.items() if origin != ground.workspace_id
    }
    recent = sum(each.recent for each in shares.values())
    before = sum(each.before for each in shares.values())
    vector = unpacked(topic.vector)
    near, up = relevance(vector, ground), rise(recent, totals.recent, before, totals.before)
    rising = up is not None and up >= RISING and recent >= LEAST_RECENT
    enough = len(shares) >= (LEAST_FEEDS if topic.public else 1) and recent + before >= LEAST
    if not enough or near < (FITTING if rising else NEAR):
        return None
    strength = (1 - 1 / up) * recent / (recent + 2) if rising and up else recent / (recent + 8)
    made = Candidate(
        topic=topic.phrase[:1].upper() + topic.phrase[1:],
        type=RecommendationType.TRENDING if rising else RecommendationType.RELATED,
        vector=vector,
        strength=strength,
        reasons=[reasons.of_trend(recent, before, len(shares), topic.public, up)],
    )
    return topic, made
