"""Highlights: where in a text the words of a search are, ready to be shown in a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from datasources.stems import WORD, stem, stems

AROUND = 80
MOST = 3
OPENING = 160


def highlights(query: str, text: str) -> list[str]:
    """Up to three fragments of the text with the words of the query between `<mark>` and `</mark>`.

    All else is escaped, so a fragment can be put into a page as it is. Where no word is shared
    there is one fragment, how the text begins.
    """
    wanted = set(stems(query))
    spans = [found.span() for found in WORD.finditer(text) if stem(found.group()) in wanted]
    if not spans:
        return [escape(clipped(text, 0, OPENING), quote=False)] if text.strip() else []
    return [marked(text, start, end, spans) for start, end in fragments(text, spans)[:MOST]]


def fragments(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches around the spans; those that meet are one. The ones with most spans first."""
    stretches: list[tuple[int, int, int]] = []
    for start, end in spans:
        low, high = max(0, start - AROUND), min(len(text), end + AROUND)
        if stretches and low <= stretches[-1][1]:
            first, _, count = stretches.pop()
            stretches.append((first, high, count + 1))
        else:
            stretches.append((low, high, 1))
    stretches.sort(key=lambda each: -each[2])
    return [(low, high) for low, high, _ in stretches]


def marked(text: str, low: int, high: int, spans: Sequence[tuple[int, int]]) -> str:
    """One stretch, cut at words, with its spans marked."""
    while low > 0 and not text[low - 1].isspace():
        low -= 1
    while high < len(text) and not text[high].isspace():
        high += 1
    parts, at = ["…" if low else ""], low
    for start, end in spans:
        if low <= start and end <= high:
            parts += [escape(text[at:start], quote=False), "<mark>"]
            parts += [escape(text[start:end], quote=False), "</mark>"]
            at = end
    return "".join([*parts, escape(text[at:high], quote=False), "…" if high < len(text) else ""])


def clipped(text: str, low: int, high: int) -> str:
    """A stretch, cut at a word, with an ellipsis where more follows."""
    if high >= len(text):
        return text[low:]
    cut = text.rfind(" ", low, high)
    return text[low : cut if cut > low else high].rstrip() + "…"
