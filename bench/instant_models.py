"""Models that answer at once: what is left of a generation's time is ours."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from datasources.models import (
    Embedded,
    ModelId,
    Provider,
    TextRequest,
    Tokens,
    Told,
    Written,
)
from server.models import models_of, nothing_to_close
from server.settings import Settings
from services.models import ModelChoice

A = TypeVar("A", bound=msgspec.Struct)

DIMENSION = 384
STEPS = 40
"""How often somebody is told of an answer while it is written."""


class InstantText:
    """A `TextModel`: three versions of a hundred words, other ones for each request."""

    id = ModelId(Provider.OPENAI, "gpt-4.1-mini")
    languages: frozenset[str] | None = None

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._asked = 0

    async def write(self, request: TextRequest[A], told: Told | None = None) -> Written[A]:
        """The answer, and the steps towards it."""
        self._asked += 1
        chance = random.Random(self._asked)
        bodies = [" ".join(chance.choices(self._words, k=100)) + "." for _ in range(3)]
        if told is not None:
            for step in range(1, STEPS + 1):
                part = bodies[0][: len(bodies[0]) * step // STEPS]
                await told({"versions": [{"title": None, "body": part}]})
        answer = {"versions": [{"title": None, "body": body} for body in bodies]}
        tokens = Tokens(read=1500, written=450)
        return Written(msgspec.convert(answer, request.answer), self.id, tokens)


class InstantEmbedding:
    """An `EmbeddingModel`: texts that share words are close."""

    id = ModelId(Provider.OPENAI, "text-embedding-3-small")
    languages: frozenset[str] | None = None
    dimension = DIMENSION

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """A vector a text."""
        vectors = [vector(text) for text in texts]
        return Embedded(vectors, self.id, DIMENSION, Tokens(read=20 * len(texts)))


def vector(text: str) -> list[float]:
    """Words thrown into so many bins, at length 1."""
    found = [0.0] * DIMENSION
    for word in text.casefold().split():
        at = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
        found[at % DIMENSION] += 1.0
    length = sum(value * value for value in found) ** 0.5 or 1.0
    return [value / length for value in found]


def instant(settings: Settings, words: Sequence[str]) -> ModelChoice:
    """These in place of a provider's, beside the offline ones that the settings give."""
    usual = models_of(settings)
    return ModelChoice(
        InstantText(words),
        InstantEmbedding(),
        usual.offline_text,
        usual.offline_embedding,
        nothing_to_close,
    )
