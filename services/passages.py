"""Cutting a text into passages: each short enough that one vector can stand for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS = 160
"""What the offline model reads of a text, in words, with room for a title."""

PARAGRAPH = re.compile(r"\n\s*\n")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def passages(text: str, words: int = WORDS) -> list[str]:
    """The text in passages of about that many words, cut between sentences where that is possible.

    Short paragraphs stand together. A text without words is one empty passage.
    """
    made: list[str] = []
    gathered: list[str] = []
    count = 0
    for piece in pieces(text, words):
        size = len(piece.split())
        if gathered and count + size > words:
            made.append("\n".join(gathered))
            gathered, count = [], 0
        gathered.append(piece)
        count += size
    return [*made, "\n".join(gathered)]


def titled(title: str | None, text: str) -> str:
    """A text with its title before it, as models are given it and searches show it."""
    return f"{title}\n{text}" if title else text


def pieces(text: str, words: int) -> Iterator[str]:
    """Paragraphs; sentences where a paragraph is too long; stretches where a sentence is."""
    for paragraph in filter(None, map(str.strip, PARAGRAPH.split(text))):
        if len(paragraph.split()) <= words:
            yield paragraph
            continue
        for sentence in filter(None, map(str.strip, SENTENCE.split(paragraph))):
            parts = sentence.split()
            if len(parts) <= words:
                yield sentence
                continue
            for start in range(0, len(parts), words):
                yield " ".join(parts[start : start + words])
