"""What a passage is about, as a rival of whose it is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from services.voice_habits import habits, is_own
from services.voice_learning import Learned
from services.voice_tokens import is_word, masked, matches

SMOOTH = 2000.0
"""Words of everybody's that are added to each speaker's own."""
Topics = Mapping[str, Mapping[str, float]]


def usual_words(known: Mapping[str, Learned]) -> dict[str, float]:
    """How often each word of substance comes with everybody, among such words."""
    everybody: Counter[str] = Counter()
    for learned in known.values():
        everybody.update(learned.habits.vocabulary)
    return {word: n / everybody.total() for word, n in everybody.items()}


def spoken_of(learned: Learned, usual: Mapping[str, float]) -> dict[str, float]:
    """What a speaker speaks of: a log-likelihood ratio for each word of substance, no others."""
    own = learned.habits.vocabulary
    words = sum(own.values()) + SMOOTH
    return {
        word: math.log((own.get(word, 0) + SMOOTH * share) / words / share)
        for word, share in usual.items()
    }


def about(text: str, known: Topics) -> dict[str, float]:
    """How likely each speaker is by the topic alone."""
    found = habits(text).vocabulary
    return {
        name: sum(n * weights.get(word, 0.0) for word, n in found.items())
        for name, weights in known.items()
    }


def without_topics(text: str) -> str:
    """The text with every word of substance made unreadable; its ending and its length are left.

    "The harvest was lost" becomes "The qqqqqqq was qqqq": what is said of is gone.
    """
    made, at = [], 0
    for match in matches(text):
        made += [match.string[at : match.start()], hidden(match[0])]
        at = match.end()
    return "".join(made)


def hidden(word: str) -> str:
    """A word of substance as q, with its ending; any other as it is."""
    if not is_word(word) or not is_own(word.lower()):
        return word
    ending = masked(word.lower()).removesuffix("'s")[1:-1].removeprefix("~")
    return "q" * (len(word) - len(ending)) + ending
