"""What a model is told of who writes: their strategy, their voice, and what they wrote before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from datasources.content import Content, Contents, ContentStatus
from datasources.models import Embedded, ModelFailure
from datasources.standings import Standings
from services.model_purpose import Purpose
from services.models import Models
from services.performance import stood
from services.post_rules import SMALL, WORD

CANDIDATES, SHOWN, MEASURED = 24, 3, 100
EXCERPT = 600


@dataclass(frozen=True, slots=True)
class StrategyView:
    """A workspace's strategy, in its own words. `statements` are what a text is compared with."""

    value_proposition: str
    audience: str
    pillars: Sequence[str]
    tone: Sequence[str]

    @property
    def statements(self) -> list[str]:
        """What it stands for."""
        return [each for each in (self.value_proposition, *self.pillars) if each]


class Strategies(Protocol):
    """Knows strategies."""

    async def view(self, workspace_id: str) -> StrategyView | None:
        """The workspace's, None before it has one."""
        ...


class Voices(Protocol):
    """Knows how people write."""

    async def described(self, workspace_id: str) -> str | None:
        """The voice in words, None where nothing is known of it."""
        ...

    async def compared(
        self, workspace_id: str, texts: Sequence[str]
    ) -> Sequence[tuple[float, list[str]]] | None:
        """How much each text sounds like the workspace, 0 to 1, and why; None as above."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """A published piece: how close to the topic (cosine), and its engagement rate if known."""

    content: Content
    closeness: float
    rate: float | None


@dataclass(frozen=True, slots=True)
class WritingContext:
    """All of it. `rates` are the engagement rates of what was published last."""

    strategy: StrategyView | None
    voice: str | None
    similar: Sequence[Past]
    best: Sequence[Content]
    rates: Sequence[float]
    earlier: int


class Background:
    """Gathers it, from one workspace and no other."""

    def __init__(
        self,
        contents: Contents,
        standings: Standings,
        models: Models,
        strategies: Strategies | None = None,
        voices: Voices | None = None,
    ) -> None:
        self._contents = contents
        self._standings = standings
        self._models = models
        self._strategies = strategies
        self.voices = voices

    async def gather(self, purpose: Purpose, topic: str) -> WritingContext:
        """What there is for a topic."""
        home = purpose.workspace_id
        strategy, voice, similar, latest, earlier = await asyncio.gather(
            self._strategy(home),
            self._voice(home),
            self._similar(home, topic),
            self._latest(home),
            self._contents.count({"workspace_id": home, "generated.source": topic}, limit=100),
        )
        rates = await self._rates([*latest, *similar])
        ranked = sorted(
            (piece for piece in latest if piece.id in rates),
            key=lambda piece: rates[piece.id],
            reverse=True,
        )
        return WritingContext(
            strategy=strategy,
            voice=voice,
            similar=await self._closest(purpose, topic, similar, rates),
            best=ranked[:SHOWN],
            rates=list(rates.values()),
            earlier=earlier,
        )

    async def _strategy(self, home: str) -> StrategyView | None:
        return await self._strategies.view(home) if self._strategies else None

    async def _voice(self, home: str) -> str | None:
        return await self.voices.described(home) if self.voices else None

    async def _latest(self, home: str) -> list[Content]:
        wanted = {"workspace_id": home, "status": ContentStatus.PUBLISHED}
        return await self._contents.find(wanted, sort=[("created_at", -1)], limit=MEASURED)

    async def _similar(self, home: str, topic: str) -> list[Content]:
        words = [word for word in WORD.findall(topic) if not SMALL.fullmatch(word)]
        if not words:
            return []
        search = {"$text": {"$search": " ".join(words[:10])}}
        wanted = {"workspace_id": home, "status": ContentStatus.PUBLISHED, **search}
        return await self._contents.find(wanted, limit=CANDIDATES)

    async def _rates(self, pieces: Sequence[Content]) -> Mapping[str, float]:
        found = await self._standings.of_contents([piece.id for piece in pieces])
        rates = {}
        for id, standings in found.items():
            total = stood(standings)
            if total.impressions > 0:
                rates[id] = total.engagement_rate
        return rates

    async def _closest(
        self,
        purpose: Purpose,
        topic: str,
        pieces: Sequence[Content],
        rates: Mapping[str, float],
    ) -> list[Past]:
        if not pieces:
            return []
        try:
            texts = [topic, *(excerpt(piece) for piece in pieces)]
            found = await self._models.embed(purpose, texts)
        except ModelFailure:
            return [Past(piece, 0.0, rates.get(piece.id)) for piece in pieces[:SHOWN]]
        closeness = cosines(found)
        past = [
            Past(piece, close, rates.get(piece.id))
            for piece, close in zip(pieces, closeness, strict=True)
        ]
        return sorted(past, key=lambda each: each.closeness, reverse=True)[: 2 * SHOWN]


def excerpt(piece: Content) -> str:
    """The beginning of a piece."""
    return "\n".join(part for part in (piece.title, piece.body) if part)[:EXCERPT]


def cosines(found: Embedded) -> list[float]:
    """How close each vector is to the first, the first left out."""
    first, *others = found.vectors
    return [sum(a * b for a, b in zip(first, each, strict=True)) for each in others]
