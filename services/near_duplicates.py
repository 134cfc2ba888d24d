"""Which past texts say nearly the same, word for word: MinHash (Broder 1997), no model needed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from services.voice_tokens import is_word, tokens

HASHES = 64
SHINGLE = 3
ALIKE = 0.35
SAME = 0.85
"""The cosine from which two texts say the same in other words."""
PRIME = (1 << 61) - 1


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A past text, by its id, and how alike it is: 1 is the same, word for word.

    `meaning` is how close what they mean is, as the search index tells it; None where it does not.
    """

    id: str
    likeness: float
    meaning: float | None = None


def signature(text: str) -> tuple[int, ...]:
    """The least of HASHES hashes over all threes of words; empty for a text without words."""
    words = [each for each in tokens(text) if is_word(each)]
    size = min(SHINGLE, len(words))
    shingles = {" ".join(words[at : at + size]) for at in range(len(words) - size + 1)} - {""}
    if not shingles:
        return ()
    base = [zlib.crc32(each.encode()) for each in shingles]
    return tuple(
        min((each * (2 * at + 1) * 0x9E3779B1 + at * 0x85EBCA77) % PRIME for each in base)
        for at in range(1, HASHES + 1)
    )


def duplicates(text: str, past: Sequence[tuple[str, str]], most: int = 5) -> list[Duplicate]:
    """The past texts, each with its id, that are nearly this one; the closest first."""
    own = signature(text)
    found = [Duplicate(id, likeness(own, signature(body))) for id, body in past]
    close = [each for each in found if each.likeness >= ALIKE]
    return sorted(close, key=lambda each: -each.likeness)[:most]


def echoes(text: str, near: Sequence[tuple[str, str, float]], most: int = 5) -> list[Duplicate]:
    """Of texts that are near in meaning, each with its id and its cosine, those that repeat it."""
    own = signature(text)
    found = [Duplicate(id, likeness(own, signature(body)), close) for id, body, close in near]
    told = [each for each in found if each.likeness >= ALIKE or (each.meaning or 0.0) >= SAME]
    return sorted(told, key=lambda each: -max(each.likeness, each.meaning or 0.0))[:most]


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of hashes that agree: an estimate of Jaccard's likeness, within 0.06."""
    if not one or not other:
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / HASHES
