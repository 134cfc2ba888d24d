"""What may be learned from: long enough, not too long, and English, else said with a code."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from services.failures import BadInput, Failure
from services.language import language_of
from services.validation import text as checked
from services.voice_tokens import is_word, tokens

AT_ONCE = 100
SHORTEST = 8
LONGEST = 50_000
TOTAL = 2_000_000


class SamplesTooShort(Failure):
    """There is too little to learn from or to judge."""

    code = "TEXT_TOO_SHORT"

    def __init__(self, field: str, words: int, needed: int = SHORTEST) -> None:
        super().__init__(
            f"{field} has {words} words: too few to tell a voice by. Send at least {needed}.",
            field=field,
            words=words,
            needed=needed,
        )


class SamplesTooLarge(Failure):
    """More than a voice is learned from."""

    code = "TEXT_TOO_LARGE"

    def __init__(self, field: str, letters: int, allowed: int) -> None:
        super().__init__(
            f"{field} has {letters:,} characters; at most {allowed:,} are read. Send less: "
            "a few thousand words show a voice.",
            field=field,
            allowed=allowed,
        )


class LanguageNotLearned(Failure):
    """Voices are learned in English only."""

    code = "LANGUAGE_NOT_SUPPORTED"

    def __init__(self, field: str, language: str) -> None:
        super().__init__(
            f"{field} is in another language ({language}). Voices are learned in English only.",
            field=field,
            language=language,
            supported=["en"],
        )


def sample(field: str, value: str) -> str:
    """The text as it is learned from."""
    if len(value) > LONGEST:
        raise SamplesTooLarge(field, len(value), LONGEST)
    kept = checked(field, value, most=LONGEST, lines=True).strip()
    words = words_in(kept)
    if words < SHORTEST:
        raise SamplesTooShort(field, words)
    language = language_of(kept)
    if language.tag not in {"en", None}:
        raise LanguageNotLearned(field, str(language.tag))
    return kept


def samples(values: Sequence[str]) -> list[str]:
    """Each of them, once."""
    if not 1 <= len(values) <= AT_ONCE:
        raise BadInput("samples", f"has {len(values)} entries.", f"1 to {AT_ONCE}")
    letters = sum(map(len, values))
    if letters > TOTAL:
        raise SamplesTooLarge("samples", letters, TOTAL)
    return list(dict.fromkeys(sample(f"samples.{at}", each) for at, each in enumerate(values)))


def words_in(text: str) -> int:
    """How many words it has."""
    return sum(map(is_word, tokens(text)))


def digest(text: str) -> str:
    """The same for texts that differ in spaces only."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
