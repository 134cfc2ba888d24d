"""The labelled set of the search: queries as people ask, posts as people write them.

Each query has the three texts that answer it. A query of `MEANING` shares no word, by stem, with
any of them; one of `EXACT` asks for a name or a number that only they have; one of `BOTH` shares
words with some. The distractors are about other subjects, many with the words of a query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FOLDER = Path(__file__).parent
VARIANTS = 5
DISTRACTORS = 700


class Kind(StrEnum):
    """What it takes to find the answers of a query."""

    MEANING = "meaning"
    EXACT = "exact"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, and the texts that answer it."""

    query: str
    kind: Kind
    answers: Sequence[str]


def judged() -> list[Judged]:
    """All queries with their answers."""
    return [each for kind in Kind for each in read(kind)]


def read(kind: Kind) -> list[Judged]:
    """Those of a file: a line with `# query`, then a text a line."""
    blocks = (FOLDER / f"judged_{kind}.txt").read_text().split("# ")[1:]
    lines = [block.strip().splitlines() for block in blocks]
    return [Judged(query, kind, answers) for query, *answers in lines]


def distractors() -> list[str]:
    """Texts that answer none of the queries: each line of the file with five endings."""
    lines = (FOLDER / "distractors.txt").read_text().splitlines()
    made = [
        varied(line, number, variant)
        for variant in range(VARIANTS)
        for number, line in enumerate(lines)
    ]
    return made[:DISTRACTORS]


CHOICE = re.compile(r"\{([^{}]+)\}")


def varied(line: str, number: int, variant: int) -> str:
    """A line with its choices made: `{a|b}` in turn, `{city}` and the like from their lists."""

    def chosen(found: re.Match[str]) -> str:
        options = POOLS.get(found[1]) or found[1].split("|")
        shift = number if found[1] in POOLS else 0
        return options[(variant * 7 + shift + found.start()) % len(options)]

    return CHOICE.sub(chosen, line)


POOLS: dict[str, Sequence[str]] = {
    "city": (
        "Aarhus", "Bari", "Cardiff", "Dresden", "Evora", "Fribourg", "Galway", "Hull", "Innsbruck",
        "Jena", "Kaunas", "Lille", "Malmö", "Nantes", "Oulu", "Pécs", "Quimper", "Ravenna",
        "Salford", "Tartu", "Uppsala", "Verona", "Whitby", "York", "Zadar",
    ),
    "person": (
        "Ada Lorenz", "Bilal Haddad", "Carmen Ruiz", "Dilys Pugh", "Emeka Obi", "Fleur Janssen",
        "Goran Babić", "Hana Suzuki", "Ines Faria", "Jitka Novotná", "Karim Aziz", "Lotte Brandt",
        "Mei Tanaka", "Nuno Reis", "Oona Virtanen", "Priya Nair", "Rhys Morgan", "Sanne Vos",
        "Tomasz Zając", "Ulla Krog", "Vera Petrova", "Wes Carter", "Yara Costa",
    ),
    "day": (
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Whit Monday",
        "the third", "New Year's Eve", "Midsummer", "May Day", "St Martin's",
    ),
    "number": (
        "130", "212", "340", "418", "567", "655", "790", "811", "904", "1,050", "1,260", "1,480",
        "1,733", "1,816", "1,902", "2,040", "2,350",
    ),
    "small": (
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ),
    "year": (
        "1711", "1789", "1823", "1848", "1864", "1871", "1902", "1911", "1923", "1954", "1968",
    ),
    "age": ("101", "104", "110", "117", "125", "133", "150"),
    "close": (
        "Come early, it fills up.", "The kettle is always on.", "Dogs are welcome on a lead.",
        "I will post the photos tonight.", "Ask for the blue door.", "More in the next issue.",
        "The local radio was there too.", "It was the talk of the week.", "Bring a warm coat.",
        "Nobody has complained so far.", "We could not stop laughing.",
    ),
}  # fmt: skip
