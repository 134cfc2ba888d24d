"""What of a text tells whose it is, counted: words, pairs of tokens, runs of letters.

Counts are added, so a profile learned text by text is the profile learned from all at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from typing import TypeVar

import msgspec

from services.voice_phrases import phrases
from services.voice_tokens import BREAKS, END, is_word, masked, tokens

Key = TypeVar("Key")
START = "^"
WORD, PAIR, LETTERS = "w", "p", "c"
RUNS = (3, 4)
"""How many letters a run has."""


class Counts(msgspec.Struct, frozen=True):
    """Features by name, and how many words, tokens and letters they were counted among.

    A name is its kind, a colon and what it is: `w:however`, `p:, and`, `c:ing`, `c:ing `. `phrases`
    are the pairs of words as they are, see `voice_phrases`: all of them, known to others or not.
    """

    features: dict[str, int] = {}
    phrases: dict[int, int] = {}
    words: int = 0
    tokens: int = 0
    letters: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together; the order in which counts are added changes nothing."""
        return self._with(other, 1)

    def minus(self, other: Counts) -> Counts:
        """What is left when counts that had been added are taken out again."""
        return self._with(other, -1)

    def _with(self, other: Counts, sign: int) -> Counts:
        return Counts(
            added(self.features, other.features, sign),
            added(self.phrases, other.phrases, sign),
            self.words + sign * other.words,
            self.tokens + sign * other.tokens,
            self.letters + sign * other.letters,
        )


def added(one: dict[Key, int], other: dict[Key, int], sign: int) -> dict[Key, int]:
    """The sum of two tables of counts; with a sign of -1 what is left without the other.

    What was not known yet when a text was learned cannot be taken out again: no count is negative.
    """
    total = dict(one)
    for name, n in other.items():
        total[name] = total.get(name, 0) + sign * n
        if total[name] <= 0:
            del total[name]
    return total


def count(text: str, known: Container[str] | None = None) -> Counts:
    """The counts of a text: of all features, or of those that are `known` only."""
    found = tokens(text)
    spelled = " ".join(found)
    counted = Counter(f"{WORD}:{each}" for each in found)
    counted.update(f"{PAIR}:{each}" for each in pairs(found))
    for size in RUNS:
        counted.update(runs(spelled, size))
    kept = {name: n for name, n in counted.items() if known is None or name in known}
    side_by_side = dict(Counter(phrases(found)))
    letters = max(0, len(spelled) - RUNS[0] + 1)
    return Counts(kept, side_by_side, sum(map(is_word, found)), len(found), letters)


def runs(spelled: str, size: int) -> Iterator[str]:
    """Every run of so many letters, spaces among them."""
    return (f"{LETTERS}:{spelled[at : at + size]}" for at in range(len(spelled) - size + 1))


def pairs(found: list[str]) -> list[str]:
    """Each masked token with the one before it; the first of a sentence stands after `^`."""
    before, made = START, []
    for token in map(masked, found):
        made.append(f"{before} {token}")
        before = START if token in END or token in BREAKS else token
    return made
