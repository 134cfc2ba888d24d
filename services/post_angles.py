"""The ways that the composer has to go about a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.post_field import Field


@dataclass(frozen=True, slots=True)
class Angle:
    """A way to go about a topic: what follows it in the headline, and what its points are.

    `openings` lead to the points, by tone; `turn` leads from them to the end. `marks` stand
    before points: `1` numbers them, nothing makes paragraphs of them.
    """

    suffix: str
    title: str
    source: str
    openings: Mapping[str, str]
    turn: str
    marks: str = ""

    def points(self, field: Field) -> Sequence[str]:
        """What it has to say in a field."""
        found: Sequence[str] = getattr(field, self.source)
        return found

    def opening(self, tone: str) -> str:
        """What leads to the points, in that tone."""
        return self.openings.get(tone, self.openings["plain"])


ANGLES = (
    Angle(
        "what is easy to overlook",
        "What is easy to overlook",
        "checks",
        {
            "plain": "Obvious once said, and still easy to lose in a busy week:",
            "warm": "Little things that most of us know and hardly anybody gets round to:",
            "bold": "Everybody knows this. Few act on it:",
            "formal": "The following is widely known and seldom applied:",
            "playful": "Filed under things I will remember right after I needed them:",
        },
        "None of it is complicated. It only has to be somebody's turn to say it.",
    ),
    Angle(
        "the questions to ask first",
        "Questions to ask first",
        "questions",
        {
            "plain": "Before anybody proposes an answer:",
            "warm": "If you would like somewhere calm to start, these may help:",
            "bold": "No plan before these are answered:",
            "formal": "These should be settled before options are compared:",
            "playful": "The part of the quiz that nobody studied for:",
        },
        "The one you would rather skip is usually the one to start with.",
        marks="1",
    ),
    Angle(
        "where it tends to go wrong",
        "Where it tends to go wrong",
        "pitfalls",
        {
            "plain": "The usual traps:",
            "warm": "If any of these sounds familiar, you are in good company:",
            "bold": "Stop doing this:",
            "formal": "The errors that are made most often:",
            "playful": "How to do it wrong with great confidence:",
        },
        "Each of them looks reasonable on the day it happens.",
        marks="•",
    ),
    Angle(
        "where to begin",
        "Where to begin",
        "steps",
        {
            "plain": "A start that fits into an ordinary week:",
            "warm": "A gentle start that fits into an ordinary week:",
            "bold": "Do this, in this order:",
            "formal": "A sequence that has proved practical:",
            "playful": "No heroics required:",
        },
        "Then stop and look before you go on.",
        marks="1",
    ),
)
