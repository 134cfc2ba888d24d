"""A voice told field by field, in words that a person can check against their own writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.voice_background import background
from services.voice_features import Counts
from services.voice_habits import Habits
from services.voice_learning import Learned
from services.voice_words import FUNCTION_WORDS

FEW = 5.0
"""How often something would have to be there, were this an average voice, to be missed."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One field of a voice: its value in words, and what it was told from."""

    name: str
    value: str
    because: str


def traits(learned: Learned) -> list[Trait]:
    """Every field, in a fixed order."""
    habits = learned.habits
    return [told(habits) for told in (tone, length, rhythm, words, marks, emoji, hashtags, opens)]


def tones(habits: Habits) -> list[str]:
    """The tones that stand out, most telling first; `even` where none does."""
    formal = habits.rate("long") > 14 and habits.rate("contraction") < 0.6
    casual = habits.rate("contraction") > 1.5 or habits.rate("emoji") > 0.8
    found = [
        ("formal", formal),
        ("casual", casual and not formal),
        ("enthusiastic", habits.rate("!") > 1.2),
        ("personal", habits.rate("I") > 3.5),
        ("inclusive", habits.rate("we") > 2.5),
        ("addressing the reader", habits.rate("you") > 2.5),
        ("questioning", habits.rate("?") > 1.0),
        ("careful", habits.rate("hedge") > 0.9),
        ("decided", habits.rate("certain") > 2.2),
        ("warm", habits.rate("warm") > 1.2),
        ("terse", 0 < habits.sentence_length < 9),
        ("factual", habits.rate("number") > 2.5),
    ]
    return [name for name, holds in found if holds][:4] or ["even"]


def tone(habits: Habits) -> Trait:
    """The tone and the rates that it was read from."""
    per = ", ".join(
        f"{habits.rate(kind):.1f} {said}"
        for kind, said in (
            ("I", "of I"),
            ("we", "of we"),
            ("you", "of you"),
            ("contraction", "contractions"),
            ("!", "exclamation marks"),
        )
    )
    return Trait("tone", ", ".join(tones(habits)), f"In 100 words: {per}.")


def length(habits: Habits) -> Trait:
    """How long sentences are."""
    mean = habits.sentence_length
    named = "short" if mean < 11 else "middling" if mean < 19 else "long"
    return Trait(
        "sentence length",
        f"{named}: {mean:.0f} words",
        f"The average of {habits.sentences} sentences.",
    )


def rhythm(habits: Habits) -> Trait:
    """How much sentences differ."""
    spread = habits.rhythm
    named = "steady" if spread < 0.45 else "varied" if spread < 0.75 else "abrupt"
    short = sum(n for size, n in habits.lengths.items() if size <= 5)
    share = 100 * short / max(habits.sentences, 1)
    return Trait(
        "rhythm",
        named,
        f"Lengths vary by {100 * spread:.0f}% of the average; {share:.0f}% of sentences have "
        "five words or fewer.",
    )


def words(habits: Habits) -> Trait:
    """Which words come again."""
    again = favourites(habits.vocabulary, 8)
    return Trait(
        "vocabulary",
        ", ".join(again) if again else "no word comes again yet",
        f"{habits.word_length:.1f} letters in a word, {habits.rate('long'):.0f}% of them long; "
        f"{len(habits.vocabulary)} different words of substance.",
    )


def marks(habits: Habits) -> Trait:
    """Punctuation that is more, or less, than one mark in a hundred words."""
    rates = sorted(((habits.rate(mark), mark) for mark in habits.marks), reverse=True)
    liked = [f"{mark} ({rate:.1f})" for rate, mark in rates if rate >= 0.5]
    return Trait(
        "punctuation", " ".join(liked) if liked else "full stops only", "Marks in 100 words."
    )


def emoji(habits: Habits) -> Trait:
    """Emoji, and which."""
    liked = favourites(habits.emoji, 5, least=1)
    total = habits.kinds.get("emoji", 0)
    return Trait(
        "emoji",
        " ".join(liked) if liked else "none",
        f"{total} in {habits.texts} texts.",
    )


def hashtags(habits: Habits) -> Trait:
    """Hashtags, how many in a text, and which."""
    liked = favourites(habits.hashtags, 5, least=1)
    each = habits.kinds.get("hashtag", 0) / max(habits.texts, 1)
    value = f"{each:.1f} in a text: {' '.join(liked)}" if liked else "none"
    return Trait("hashtags", value, f"Over {habits.texts} texts.")


def opens(habits: Habits) -> Trait:
    """How sentences begin."""
    known = {name: n for name, n in habits.openings.items() if name != "another word"}
    liked = favourites(known, 5)
    share = [f"{each} ({100 * known[each] / max(habits.sentences, 1):.0f}%)" for each in liked]
    return Trait(
        "openings",
        ", ".join(share) if share else "no two alike",
        f"First words of {habits.sentences} sentences.",
    )


def favourites(counted: Mapping[str, int], most: int, least: int = 2) -> list[str]:
    """What comes most often, at least that many times."""
    order = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return [name for name, n in order if n >= least][:most]


def never(own: Counts, habits: Habits, most: int = 10) -> list[str]:
    """What other people say that often, and this voice has not said once."""
    ground = background()
    missed = [
        (float(ground.mean[at]) * own.tokens, name[2:])
        for name, at in ground.places.items()
        if name.startswith("w:") and name not in own.features and shown(name[2:])
    ]
    usual = [word for expected, word in sorted(missed, reverse=True) if expected >= FEW]
    rules: Sequence[tuple[str, Callable[[], bool]]] = [
        ("emoji", lambda: not habits.kinds.get("emoji")),
        ("hashtags", lambda: not habits.kinds.get("hashtag")),
        ("exclamation marks", lambda: not habits.marks.get("!")),
        ("questions", lambda: not habits.marks.get("?")),
        ("contractions", lambda: not habits.kinds.get("contraction")),
    ]
    kinds = [name for name, absent in rules if habits.texts >= 3 and absent()]
    return [*kinds, *usual][:most]


def shown(word: str) -> bool:
    """Whether somebody who never uses it is told so: not for a subject that they leave alone."""
    return word in FUNCTION_WORDS or word in {";", ":", "—", "("}
