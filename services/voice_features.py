"""What of a text tells whose it is, counted: words, pairs of masked tokens, threes of letters.

Counts are added, so a profile learned text by text is the profile learned from all at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from services.voice_tokens import BREAKS, END, is_word, masked, tokens

START = "^"
WORD, PAIR, LETTERS = "w", "p", "c"


class Counts(msgspec.Struct, frozen=True):
    """Features by name, and how many words, tokens and letters they were counted among.

    A name is its kind, a colon and what it is: `w:however`, `p:, and`, `c:ing`.
    """

    features: dict[str, int] = {}
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
        total = Counter(self.features)
        for name, n in other.features.items():
            total[name] += sign * n
        return Counts(
            {name: n for name, n in total.items() if n},
            self.words + sign * other.words,
            self.tokens + sign * other.tokens,
            self.letters + sign * other.letters,
        )


def count(text: str, known: Iterable[str] | None = None) -> Counts:
    """The counts of a text: of all features, or of those that are `known` only."""
    found = tokens(text)
    counted: Counter[str] = Counter(f"{WORD}:{each}" for each in found)
    counted.update(f"{PAIR}:{each}" for each in pairs(found))
    spelled = " ".join(found)
    counted.update(f"{LETTERS}:{spelled[at : at + 3]}" for at in range(len(spelled) - 2))
    kept = counted if known is None else {name: counted[name] for name in known if name in counted}
    return Counts(dict(kept), sum(map(is_word, found)), len(found), max(0, len(spelled) - 2))


def pairs(found: list[str]) -> list[str]:
    """Each masked token with the one before it; the first of a sentence stands after `^`."""
    before, made = START, []
    for token in map(masked, found):
        made.append(f"{before} {token}")
        before = START if token in END or token in BREAKS else token
    return made
