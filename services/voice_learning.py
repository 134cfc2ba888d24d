"""What is learned of a voice, text by text, and from what becomes of drafts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from datasources.voice import Verdict
from services.voice_background import background
from services.voice_differences import strangeness
from services.voice_features import Counts, count
from services.voice_habits import Habits, habits
from services.voice_score import Likeness, Portrait, Shown, likeness, portrait, shown

ENOUGH = 100
"""Words that have to be known of a voice before a text is compared with it."""
HALFWAY = 600
"""Words at which half of the confidence is reached."""


class Learned(msgspec.Struct, frozen=True):
    """All that is known of a voice: sums, so the order and the grouping of texts change nothing.

    `rejected` is counted in texts that were rejected, everything else in the voice's own.
    """

    own: Counts = Counts()
    rejected: Counts = Counts()
    habits: Habits = Habits()

    def plus(self, other: Learned) -> Learned:
        """Both together."""
        return Learned(
            self.own.plus(other.own),
            self.rejected.plus(other.rejected),
            self.habits.plus(other.habits),
        )

    def minus(self, other: Learned) -> Learned:
        """Without what had been learned from a text that is taken away."""
        return Learned(
            self.own.minus(other.own),
            self.rejected.minus(other.rejected),
            self.habits.minus(other.habits),
        )

    @property
    def enough(self) -> bool:
        """Whether texts can be compared with it."""
        return self.own.words >= ENOUGH

    @property
    def confidence(self) -> float:
        """How far the profile can be trusted, from 0 to 1: it grows with words, and with texts.

        One long text says less of somebody than ten short ones: a text has its occasion.
        """
        words = self.own.words / (self.own.words + HALFWAY)
        texts = self.habits.texts / (self.habits.texts + 2)
        return round(math.sqrt(words * texts), 3)

    def match(self, text: str) -> Likeness:
        """How likely it is that this voice wrote the text; tell `enough` first.

        This is what a generated draft is scored by. Takes about 15 ms of CPU: call it in a thread.
        """
        return known(self).match(heard(text))


@dataclass(frozen=True, slots=True)
class Heard:
    """A text, ready to be compared with voices."""

    shown: Shown
    habits: Habits


@dataclass(frozen=True, slots=True)
class Known:
    """A voice, ready for texts: what takes longest is done once, however many are compared."""

    own: Portrait
    rejected: Portrait | None
    habits: Habits

    def match(self, text: Heard) -> Likeness:
        """How likely it is that this voice wrote the text."""
        found = likeness(background(), text.shown, self.own, self.rejected)
        return Likeness(found.odds - strangeness(text.habits, self.habits), found.lead)


def heard(text: str) -> Heard:
    """What the text shows."""
    ground = background()
    return Heard(shown(ground, count(text, ground.places)), habits(text))


def known(learned: Learned) -> Known:
    """The voice that was learned."""
    ground = background()
    rejected = portrait(ground, learned.rejected) if learned.rejected.words else None
    return Known(portrait(ground, learned.own), rejected, learned.habits)


def learn(text: str, verdict: Verdict = Verdict.OWN) -> Learned:
    """What one text teaches."""
    counted = count(text, background().places)
    if verdict is Verdict.REJECTED:
        return Learned(rejected=counted)
    return Learned(own=counted, habits=habits(text))


def learn_all(texts: Iterable[tuple[str, Verdict]]) -> Learned:
    """What several texts teach."""
    total = Learned()
    for text, verdict in texts:
        total = total.plus(learn(text, verdict))
    return total
