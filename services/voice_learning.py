"""What is learned of a voice, text by text, and from what becomes of drafts."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from datasources.voice import Verdict
from services.voice_background import background
from services.voice_differences import strangeness
from services.voice_features import Counts, count
from services.voice_habits import Habits, habits
from services.voice_score import Likeness, likeness, probability

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

        This is what a generated draft is scored by. Takes about 10 ms of CPU: call it in a thread.
        """
        found = likeness(text, self.own, self.rejected)
        odds = math.log(max(found.score, 1e-9) / max(1 - found.score, 1e-9))
        return Likeness(probability(odds - strangeness(text, self.habits)), found.lead)


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
