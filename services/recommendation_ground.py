"""What recommendations stand on: what a workspace published, what it came to, and its pillars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.content import Content, Contents, ContentStatus, Platform
from datasources.standings import Standing, Standings
from services.clock import Clock
from services.engagement import Totals, totals
from services.insights import RIPE
from services.meanings import Meanings, Vector
from services.passages import passages, titled
from services.patterns import LEAST_SEEN, outcome
from services.strategy_views import StrategyViews
from services.topic_phrases import heading

YEAR = timedelta(days=365)
MOST = 200
LEAST_MEASURED = 12
"""Below so many measured pieces nothing is said of what works."""


@dataclass(frozen=True, slots=True)
class Success:
    """What a piece came to on all platforms where at least 20 saw it.

    `effect` is the mean of the logarithms of its factors, each against the mean of that platform.
    """

    platforms: Sequence[Platform]
    impressions: int
    effect: float

    @property
    def factor(self) -> float:
        """How many times as well as usual it did."""
        return math.exp(self.effect)


@dataclass(frozen=True, slots=True)
class Own:
    """A published piece, what it means, and what it came to if that is known."""

    content: Content
    published_at: datetime
    vector: Vector
    success: Success | None

    @property
    def name(self) -> str:
        """A few words by which its author knows it."""
        return heading(self.content.title, self.content.body) or self.content.body[:60].strip()


@dataclass(frozen=True, slots=True)
class Pillar:
    """What a brand wants to be known for."""

    name: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class Ground:
    """All of it. `pieces` are of the last year, latest first; the last 200 at most.

    `model` made the vectors; it has no name where there are none.
    """

    now: datetime
    workspace_id: str
    model: str
    pieces: Sequence[Own]
    pillars: Sequence[Pillar]

    @property
    def measured(self) -> list[Own]:
        """The pieces with figures; none where there are too few to compare."""
        found = [each for each in self.pieces if each.success]
        return found if len(found) >= LEAST_MEASURED else []

    def since(self, days: int) -> list[Own]:
        """The pieces of the last days."""
        return [each for each in self.pieces if each.published_at > self.now - days * DAY]


DAY = timedelta(days=1)


class Grounds:
    """Gathers it from one workspace and no other; for services that asked whether they may."""

    def __init__(
        self,
        contents: Contents,
        standings: Standings,
        strategies: StrategyViews,
        meanings: Meanings,
        clock: Clock,
    ) -> None:
        self._contents = contents
        self._standings = standings
        self._strategies = strategies
        self._meanings = meanings
        self._clock = clock

    async def of(
        self, workspace_id: str, user_id: str | None, *, figures: bool, pillars: bool
    ) -> Ground:
        """What may be used: without `figures` nothing is known of success."""
        now = self._clock()
        found = await self._published(workspace_id, now)
        view = await self._strategies.view(workspace_id) if pillars else None
        names = list(view.pillars) if view else []
        texts = [text_of(content) for content in found]
        vectors = await self._meanings.of(workspace_id, user_id, [*texts, *names])
        counted = await self._successes(found, now) if figures else {}
        return Ground(
            now=now,
            workspace_id=workspace_id,
            model=await self._meanings.model() if vectors else "",
            pieces=[
                Own(content, content.published_at or now, vector, counted.get(content.id))
                for content, vector in zip(found, vectors, strict=False)
            ],
            pillars=[Pillar(*each) for each in zip(names, vectors[len(found) :], strict=True)],
        )

    async def _published(self, workspace_id: str, now: datetime) -> list[Content]:
        wanted = {
            "workspace_id": workspace_id,
            "status": ContentStatus.PUBLISHED,
            "published_at": {"$gt": now - YEAR},
        }
        return await self._contents.find(wanted, sort=[("published_at", -1)], limit=MOST)

    async def _successes(self, found: Sequence[Content], now: datetime) -> dict[str, Success]:
        ripe = [each.id for each in found if each.published_at and each.published_at < now - RIPE]
        return successes(await self._standings.of_contents(ripe))


def successes(standings: Mapping[str, Sequence[Standing]]) -> dict[str, Success]:
    """What each piece came to beside the mean of its platform, where at least 20 saw it."""
    seen = {
        (each.content_id, each.platform): counted
        for several in standings.values()
        for each in several
        if (counted := stood(each)).impressions >= LEAST_SEEN
    }
    means = {platform: mean_outcome(platform, seen) for _, platform in seen}
    found: dict[str, Success] = {}
    for id in standings:
        mine = {platform: each for (piece, platform), each in seen.items() if piece == id}
        if mine:
            found[id] = success(mine, means)
    return found


def success(mine: Mapping[Platform, Totals], means: Mapping[Platform, float]) -> Success:
    """Of one piece, from its totals on each platform."""
    gains = [outcome(each) - means[platform] for platform, each in mine.items()]
    return Success(
        platforms=sorted(mine, key=lambda platform: -mine[platform].impressions),
        impressions=sum(each.impressions for each in mine.values()),
        effect=sum(gains) / len(gains),
    )


def mean_outcome(platform: Platform, seen: Mapping[tuple[str, Platform], Totals]) -> float:
    """The mean logarithm of the rates on a platform."""
    found = [outcome(each) for (_, where), each in seen.items() if where is platform]
    return sum(found) / len(found)


def stood(standing: Standing) -> Totals:
    """What its counters come to."""
    counts = {metric: count.value or 0 for metric, count in standing.counts.items()}
    return totals(standing.platform, counts)


def text_of(content: Content) -> str:
    """What the index keeps of its beginning, word for word, so that the vector is known."""
    return titled(content.title, passages(content.body)[0])
