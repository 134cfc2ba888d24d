"""How different two texts are: the share of their pairs of words that they do not share."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import regex

LEAST = 0.6
"""From here on two versions of a post count as two."""

WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’][\p{L}]+)?")


def pairs(text: str) -> frozenset[tuple[str, str]]:
    """Neighbouring words, hashtags and links left out."""
    kept = regex.sub(r"https?://\S+|#\w+", " ", text.casefold())
    words = WORD.findall(kept)
    return frozenset(itertools.pairwise(words))


def difference(one: str, other: str) -> float:
    """From 0, the same, to 1, nothing in common: Jaccard's distance over pairs of words."""
    first, second = pairs(one), pairs(other)
    union = first | second
    return 1 - len(first & second) / len(union) if union else float(one != other)


def distinct(texts: Sequence[str], least: float = LEAST) -> list[int]:
    """The places of those that differ from each one kept before, the first always among them."""
    kept: list[int] = []
    for place, text in enumerate(texts):
        if all(difference(text, texts[other]) >= least for other in kept):
            kept.append(place)
    return kept
