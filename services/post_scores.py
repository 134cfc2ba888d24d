"""Scores of a text, from 0 to 1, each with its reasons; what cannot be told is not made up."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence

from datasources.generated import Scores
from datasources.models import ModelFailure
from services.meanings import Vector, cosine
from services.model_purpose import Purpose
from services.models import Models
from services.prediction import Basis, Drafted, Forecast
from services.ridge import LEAST
from services.writing_context import HeardVoice, Yardstick

UNKNOWN_VOICE = 0.5
LOW, HIGH = 0.1, 0.6
"""Cosines of texts that have nothing, and that have everything, to do with each other."""

RESTS_ON = {Basis.OWN_POSTS: "your own {posts} posts", Basis.PEERS: "what others' posts show"}

Judged = tuple[float, list[str]]


class PostScores:
    """Scores texts for a workspace."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def of(
        self, purpose: Purpose, drafts: Sequence[Drafted], topic: str, by: Yardstick
    ) -> list[Scores]:
        """The scores of each."""
        texts = [draft.body for draft in drafts]
        brands, voices = await asyncio.gather(
            self._brands(purpose, texts, topic, by), heard(by.voice, texts)
        )
        return [
            scores(voice, brand, expected(by.forecast, draft))
            for draft, voice, brand in zip(drafts, voices, brands, strict=True)
        ]

    async def _brands(
        self, purpose: Purpose, texts: Sequence[str], topic: str, by: Yardstick
    ) -> list[Judged]:
        own = by.strategy.statements if by.strategy else []
        statements = own or [topic]
        told = [] if own else ["There is no strategy yet: compared with the topic alone."]
        try:
            found = await self._models.embed(purpose, [*texts, *statements])
        except ModelFailure:
            unknown = "The model that compares texts did not answer."
            return [(0.5, [*told, unknown]) for _ in texts]
        known = [array("d", vector) for vector in found.vectors]
        vectors, wanted = known[: len(texts)], known[len(texts) :]
        return [judged(vector, wanted, statements, told) for vector in vectors]


def scores(voice: Judged, brand: Judged, engagement: tuple[float | None, list[str]]) -> Scores:
    """The three, with their reasons."""
    return Scores(
        voice=voice[0],
        brand=brand[0],
        engagement=engagement[0],
        reasons={
            "voiceMatch": voice[1],
            "brandAlignment": brand[1],
            "engagementPrediction": engagement[1],
        },
    )


async def heard(voice: HeardVoice | None, texts: Sequence[str]) -> Sequence[Judged]:
    """How much each sounds like its author."""
    if voice is None:
        unknown = "No writing samples yet: neither like you nor unlike you."
        return [(UNKNOWN_VOICE, [unknown]) for _ in texts]
    return await voice.compared(texts)


def expected(forecast: Forecast, draft: Drafted) -> tuple[float | None, list[str]]:
    """The share of one's posts on that platform that this one is expected to do better than."""
    found = forecast.of(draft)
    if not found.known and found.posts < LEAST:
        return None, [f"Too few figures: {found.posts} posts have some, and it takes {LEAST}."]
    if not found.known:
        return None, [f"Nothing in your {found.posts} posts tells beforehand what will do well."]
    share = None if found.rate is None else forecast.ahead_of(draft, found.rate)
    platform = draft.platform.value
    if share is None:
        return None, [f"Too few of your posts on {platform} have figures to compare it with."]
    basis = RESTS_ON[found.basis].format(posts=found.posts)
    return round(share, 3), [
        f"Expected {found.factor:.2f} times your usual engagement on {platform}, more than "
        f"{share:.0%} of your posts there had; judged by {basis}."
    ]


def judged(
    vector: Vector,
    wanted: Sequence[Vector],
    statements: Sequence[str],
    told: Sequence[str],
) -> Judged:
    """How much a text has to do with what the brand stands for: the closest statement counts."""
    close = [cosine(vector, each) for each in wanted]
    best = max(range(len(close)), key=close.__getitem__)
    score = scaled(close[best])
    word = "Close to" if score >= 0.5 else "Not close to anything; nearest is"
    return score, [*told, f"{word} “{statements[best]}”."]


def scaled(cosine: float) -> float:
    """A cosine between nothing and everything in common, as 0 to 1."""
    return round(min(1.0, max(0.0, (cosine - LOW) / (HIGH - LOW))), 3)
