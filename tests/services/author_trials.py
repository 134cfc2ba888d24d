"""Eight speakers, each known from every second speech and asked about in the others."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from datasources.voice import Verdict
from services.voice_learning import Learned, learn_all
from tests.services.speakers import SPEAKERS, passages, speeches


@dataclass(frozen=True)
class Trial:
    """One passage: whose it is, and the score that each speaker's profile gives it."""

    speaker: str
    words: int
    scores: dict[str, float]

    @property
    def right(self) -> bool:
        """Whether the right profile wins."""
        return max(self.scores, key=lambda name: self.scores[name]) == self.speaker


def by_year(name: str) -> list[str]:
    """A speaker's speeches."""
    return [each.text for each in speeches() if each.name == name]


def profiles() -> dict[str, Learned]:
    """What every second speech teaches, from the first on."""
    return {
        name: learn_all(
            (passage, Verdict.OWN)
            for speech in by_year(name)[::2]
            for passage in passages(speech, 160)
        )
        for name in SPEAKERS
    }


def trials(known: dict[str, Learned], each: int, least: int = 160, most: int = 200,
           seed: int = 4) -> Iterator[Trial]:  # fmt: skip
    """Passages of the other years, `each` a speaker."""
    chance = random.Random(seed)
    for name in SPEAKERS:
        found = [
            passage for speech in by_year(name)[1::2] for passage in passages(speech, least, most)
        ]
        chance.shuffle(found)
        for passage in found[:each]:
            scores = {other: learned.match(passage).score for other, learned in known.items()}
            yield Trial(name, len(passage.split()), scores)


def interval(right: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927)."""
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return middle - half, middle + half
