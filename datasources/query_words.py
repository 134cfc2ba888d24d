"""What the words of a query ask for: which of them say something, and which are names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COMMON = frozenset(
    """a about after all am an and any are as at be been but by can could did do does for from had
    has have he her his how i if in into is it its me my no not of on or our she should so some
    such than that the their them then there these they this to us was we were what when where
    which who why will with would you your""".split()  # noqa: SIM905 - a list to be read
)
"""English words that nearly every text has: they tell nothing of what a query is about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a query that say something, each once, and those of them that are names.

    A passage answers in words if it has all of the `words`, or any of the `names`: one word of
    several is more often met by chance. What has only some of them is a find, but a weak one.
    """

    words: Sequence[str]
    names: Sequence[str]


def asked(words: Sequence[str]) -> Asked:
    """Without the common words, unless there are no others. `words` are as they were typed."""
    telling = {word.casefold(): word for word in words if word.casefold() not in COMMON}
    kept = telling or {word.casefold(): word for word in words}
    named = names(list(telling.values()))
    return Asked(list(kept), [plain for plain in kept if plain in named])


def names(words: Sequence[str]) -> set[str]:
    """Words with a digit or a capital letter: they mean themselves, and an embedding blurs them.

    One capital tells nothing at the beginning of a query, nor do capitals where all are.
    """
    numbered = {word.casefold() for word in words if any(each.isdigit() for each in word)}
    capital = [word for word in words if word != word.lower()]
    shouted = len(words) > 1 and all(word.isupper() for word in words)
    sentence = len(capital) == 1 and capital[0] == words[0] and words[0].istitle()
    return numbered if shouted or sentence else numbered | set(map(str.casefold, capital))
