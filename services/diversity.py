"""Diversity: a list in which the next entry is good, and unlike those before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

WEIGHT = 0.7
"""How much a score counts beside being unlike what is there already."""

T = TypeVar("T")


def diverse(
    found: Sequence[T],
    score: Callable[[T], float],
    alike: Callable[[T, T], float],
    most: int,
    weight: float = WEIGHT,
) -> list[T]:
    """At most `most` of them, the best first: maximal marginal relevance.

    Each next one has the highest `weight` * score - (1 - weight) * likeness to the closest of
    those before it (Carbonell and Goldstein, SIGIR 1998). Scores and likenesses are from 0 to 1;
    of equals the earlier one is taken.
    """
    left, chosen = list(found), list[T]()
    closest = [0.0] * len(left)
    while left and len(chosen) < most:
        marginal = [
            weight * score(each) - (1 - weight) * near
            for each, near in zip(left, closest, strict=True)
        ]
        best = max(range(len(left)), key=marginal.__getitem__)
        taken = left.pop(best)
        closest.pop(best)
        chosen.append(taken)
        closest = [max(near, alike(each, taken)) for each, near in zip(left, closest, strict=True)]
    return chosen
