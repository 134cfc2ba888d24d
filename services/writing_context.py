"""What a model is told of who writes: their strategy, their voice, and what they wrote before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from datasources.content import Content, Contents, ContentStatus
from services.model_purpose import Purpose
from services.nearby import Nearby
from services.prediction import Forecast, PredictionService
from services.viewer import Viewer

SHOWN = 3
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


class HeardVoice(Protocol):
    """How one workspace writes."""

    async def described(self) -> str:
        """The voice in words."""
        ...

    async def compared(self, texts: Sequence[str]) -> Sequence[tuple[float, list[str]]]:
        """How much each text sounds like the workspace, 0 to 1, and why."""
        ...


class Voices(Protocol):
    """Knows how people write."""

    async def heard(self, workspace_id: str) -> HeardVoice | None:
        """The workspace's voice, None where too little is known of it."""
        ...


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What texts of a workspace are judged by. None for what it has not yet."""

    strategy: StrategyView | None
    voice: HeardVoice | None
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class WritingContext:
    """All of it. `similar` are published pieces on the topic, `best` those that did best.

    `voice` is told in words; `earlier` counts the drafts that were written on the same topic.
    """

    yardstick: Yardstick
    voice: str | None
    similar: Sequence[Content]
    best: Sequence[Content]
    earlier: int


class Background:
    """Gathers it, from one workspace and no other; what waits for nothing is asked at once."""

    def __init__(
        self,
        contents: Contents,
        nearby: Nearby,
        prediction: PredictionService,
        strategies: Strategies,
        voices: Voices,
    ) -> None:
        self._contents = contents
        self._nearby = nearby
        self._prediction = prediction
        self._strategies = strategies
        self._voices = voices

    async def yardstick(self, viewer: Viewer, home: str) -> Yardstick:
        """What texts are judged by there."""
        strategy, voice, forecast = await asyncio.gather(
            self._strategies.view(home),
            self._voices.heard(home),
            self._prediction.known(viewer, home),
        )
        return Yardstick(strategy, voice, forecast)

    async def gather(self, viewer: Viewer, purpose: Purpose, topic: str) -> WritingContext:
        """What there is for a topic."""
        home = purpose.workspace_id
        (yardstick, voice, best), similar, earlier = await asyncio.gather(
            self._known(viewer, home),
            self._nearby.of_text(purpose, topic, SHOWN),
            self._contents.count({"workspace_id": home, "generated.source": topic}, limit=100),
        )
        return WritingContext(
            yardstick=yardstick,
            voice=voice,
            similar=[piece for piece, _ in similar],
            best=best,
            earlier=earlier,
        )

    async def _known(
        self, viewer: Viewer, home: str
    ) -> tuple[Yardstick, str | None, Sequence[Content]]:
        found = await self.yardstick(viewer, home)
        best = self._best(home, found.forecast.record.best)
        if found.voice is None:
            return found, None, await best
        return found, *await asyncio.gather(found.voice.described(), best)

    async def _best(self, home: str, ids: Sequence[str]) -> Sequence[Content]:
        read = await self._contents.get_many(ids)
        return [
            piece
            for piece in read
            if piece and piece.workspace_id == home and piece.status is ContentStatus.PUBLISHED
        ][:SHOWN]


def excerpt(piece: Content) -> str:
    """The beginning of a piece."""
    return "\n".join(part for part in (piece.title, piece.body) if part)[:EXCERPT]
