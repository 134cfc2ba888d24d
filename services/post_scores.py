"""Scores of a text, from 0 to 1, each with its reasons; what cannot be told is not made up."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from datasources.generated import Scores
from datasources.models import ModelFailure
from services.model_purpose import Purpose
from services.models import Models
from services.writing_context import Past, Voices, WritingContext

UNKNOWN_VOICE = 0.5
LOW, HIGH = 0.1, 0.6
"""Cosines of texts that have nothing, and that have everything, to do with each other."""

FEWEST = 5
CLOSE = 0.3


class PostScores:
    """Scores texts for a workspace."""

    def __init__(self, models: Models, voices: Voices | None) -> None:
        self._models = models
        self._voices = voices

    async def of(
        self, purpose: Purpose, texts: Sequence[str], topic: str, context: WritingContext
    ) -> list[Scores]:
        """The scores of each."""
        brands = await self._brands(purpose, texts, topic, context)
        engagement, why = predicted(context)
        voices = await self._heard(purpose.workspace_id, texts)
        return [
            Scores(
                voice=voice,
                brand=brand,
                engagement=engagement,
                reasons={
                    "voiceMatch": heard,
                    "brandAlignment": reasons,
                    "engagementPrediction": why,
                },
            )
            for (voice, heard), (brand, reasons) in zip(voices, brands, strict=True)
        ]

    async def _heard(self, home: str, texts: Sequence[str]) -> Sequence[tuple[float, list[str]]]:
        compared = await self._voices.compared(home, texts) if self._voices else None
        if compared is None:
            unknown = "No writing samples yet: neither like you nor unlike you."
            return [(UNKNOWN_VOICE, [unknown]) for _ in texts]
        return compared

    async def _brands(
        self, purpose: Purpose, texts: Sequence[str], topic: str, context: WritingContext
    ) -> list[tuple[float, list[str]]]:
        known = context.strategy.statements if context.strategy else []
        statements = known or [topic]
        told = [] if known else ["There is no strategy yet: compared with the topic alone."]
        try:
            found = await self._models.embed(purpose, [*texts, *statements])
        except ModelFailure:
            unknown = "The model that compares texts did not answer."
            return [(0.5, [*told, unknown]) for _ in texts]
        vectors, wanted = found.vectors[: len(texts)], found.vectors[len(texts) :]
        return [judged(vector, wanted, statements, told) for vector in vectors]


def judged(
    vector: Sequence[float],
    wanted: Sequence[Sequence[float]],
    statements: Sequence[str],
    told: Sequence[str],
) -> tuple[float, list[str]]:
    """How much a text has to do with what the brand stands for: the closest statement counts."""
    close = [sum(a * b for a, b in zip(vector, each, strict=True)) for each in wanted]
    best = max(range(len(close)), key=close.__getitem__)
    score = scaled(close[best])
    word = "Close to" if score >= 0.5 else "Not close to anything; nearest is"
    return score, [*told, f"{word} “{statements[best]}”."]


def scaled(cosine: float) -> float:
    """A cosine between nothing and everything in common, as 0 to 1."""
    return round(min(1.0, max(0.0, (cosine - LOW) / (HIGH - LOW))), 3)


def predicted(context: WritingContext) -> tuple[float | None, list[str]]:
    """The share of one's pieces that did worse than those most like this one."""
    like = [each for each in context.similar if known(each)]
    rates = [each.rate for each in like if each.rate is not None]
    if len(context.rates) < FEWEST or not rates:
        return None, [
            f"Too few figures: {len(context.rates)} pieces have some, {len(rates)} of them alike."
        ]
    mean = fmean(rates)
    share = fmean(float(rate < mean) for rate in context.rates)
    return round(share, 3), [
        f"The {len(rates)} most like it did better than {share:.0%} of your last "
        f"{len(context.rates)} with figures."
    ]


def known(past: Past) -> bool:
    """Whether a piece is like this one, and has figures."""
    return past.rate is not None and past.closeness >= CLOSE
