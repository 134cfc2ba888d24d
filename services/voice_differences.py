"""Where a text departs from a voice, and what to change: the largest departures first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from services.voice_habits import Habits

CLEAR = 1.6
"""Standard errors from which a departure is told."""
MOST = 6
FORM = ("!", "?", "emoji", "hashtag", "line")
MOST_AGAINST = 4.0

TOLD = {
    "!": ("exclamation marks", "Take exclamation marks out.", "Let one sentence exclaim."),
    "?": ("questions", "Turn questions into statements.", "Ask the reader something."),
    ",": ("commas", "Use fewer commas: split what they join.", "Join short statements."),
    ";": ("semicolons", "Replace semicolons by full stops.", "Join two clauses by a semicolon."),
    "—": ("dashes", "Replace dashes by commas or full stops.", "Set an aside off with a dash."),
    ":": ("colons", "Use fewer colons.", "Lead to the point with a colon."),
    "(": ("brackets", "Take asides out of their brackets.", "Put an aside in brackets."),
    "emoji": ("emoji", "Take emoji out.", "An emoji or two would be like you."),
    "hashtag": ("hashtags", "Use fewer hashtags.", "Add the hashtags that you use."),
    "I": ("speaking of yourself", "Say I less.", "Speak as I."),
    "we": ("speaking as we", "Say we less.", "Speak as we."),
    "you": ("addressing the reader", "Address the reader less.", "Address the reader."),
    "contraction": ("contractions", "Write contractions out.", "Contract: it's, don't."),
    "hedge": ("hedging", "Say it without perhaps and might.", "Leave room for doubt."),
    "long": ("long words", "Choose shorter words.", "Longer words are fine."),
    "number": ("numbers", "Use fewer numbers.", "Give a number."),
    "line": ("line breaks", "Break lines less often.", "Give thoughts a line each."),
    "paragraph": ("paragraphs", "Use fewer paragraphs.", "Break it into paragraphs."),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One departure: what it is in, what is usual, what the text has, and what would mend it."""

    field: str
    usual: str
    found: str
    advice: str


def differences(found: Habits, usual: Habits) -> list[Difference]:
    """The largest departures of a text from what is usual, each beyond what chance explains."""
    if not found.words or not usual.words:
        return []
    apart = [*rates(found, usual), *sentences(found, usual)]
    apart.sort(key=lambda each: -each[0])
    return [difference for size, difference in apart if size >= CLEAR][:MOST]


def strangeness(found: Habits, usual: Habits) -> float:
    """What speaks against a text in its form alone, in log-odds from 0 to MOST_AGAINST.

    Emoji, exclamations and the like are too rare in most writing for likeness to weigh them, yet
    whoever never uses them is known by that.
    """
    if not found.words or not usual.words:
        return 0.0
    told = {TOLD[kind][0] for kind in FORM}
    beyond = [size - 2.5 for size, each in rates(found, usual) if each.field in told]
    return min(MOST_AGAINST, 0.6 * sum(each for each in beyond if each > 0))


def rates(found: Habits, usual: Habits) -> Iterator[tuple[float, Difference]]:
    """Departures in how often something comes: of two Poisson rates, by their roots.

    Twice the difference of the roots of two counts over equal lengths is near a standard normal
    over the root of 2 (Anscombe 1948).
    """
    for kind, (name, less, more) in TOLD.items():
        here, there = found.rate(kind), usual.rate(kind)
        scale = math.sqrt(found.words / 100)
        error = math.sqrt(1 + found.words / usual.words)
        size = 2 * scale * abs(math.sqrt(here + 0.1) - math.sqrt(there + 0.1)) / error
        advice = less if here > there else more
        yield size, Difference(name, said(there), said(here), advice)


def said(rate: float) -> str:
    """A rate in words."""
    return f"{rate:.1f} in 100 words" if rate else "none"


def sentences(found: Habits, usual: Habits) -> Iterator[tuple[float, Difference]]:
    """Departures in how long sentences are."""
    here, there = found.sentence_length, usual.sentence_length
    if not found.sentences or not usual.sentences:
        return
    error = there * max(usual.rhythm, 0.25) / math.sqrt(found.sentences)
    size = abs(here - there) / max(error, 1.0)
    advice = "Cut sentences in two." if here > there else "Let sentences run longer."
    yield (
        size,
        Difference("sentence length", f"{there:.0f} words", f"{here:.0f} words", advice),
    )
