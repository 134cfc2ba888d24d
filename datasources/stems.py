"""The words of a text, each brought to its stem, so that forms of a word meet."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

import regex

WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
REMEMBERED = 20_000


def stems(text: str) -> list[str]:
    """The stem of each word, in order."""
    return [stem(word) for word in WORD.findall(text)]


@lru_cache(REMEMBERED)
def stem(word: str) -> str:
    """A word without case, accents and ending, by the English rules of Snowball (Porter 2)."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return stemmer()("".join(each for each in plain if not unicodedata.combining(each)))


@cache
def stemmer() -> Callable[[str], str]:
    """Loaded when it is first needed."""
    import snowballstemmer

    found: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return found
