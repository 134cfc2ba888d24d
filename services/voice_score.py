"""How likely it is that one voice wrote a text, from 0 to 1.

Three witnesses are asked. One compares how a text's habits of language deviate from what is usual
with how the voice's do (Burrows's Delta in its cosine form: Evert et al., DSH 2017), with what its
topic explains taken out. How alike two deviations are means little by itself, so it is held
against how alike the text is to a few dozen other writers (the impostors of Koppel and Winter,
JASIST 2014). The second is how much likelier the text's words and letters are at the voice's rates,
see `voice_rates`; the third, how much likelier are the words that stand side by side in it, see
`voice_phrases`. How far that is evidence depends on the text's length and on how much was learned,
so a logistic regression over these gives the score: where one half of some texts are of a voice,
about four in five that score 0.8 are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.voice_background import TOKENS, Background
from services.voice_features import Counts
from services.voice_phrases import in_common
from services.voice_rates import Rates, rates, told

if TYPE_CHECKING:
    from services.voice_background import Floats

SETTLED = 1000.0
"""Rejected words after which half of what they show counts."""
NEAREST = 6
"""How many of the other writers stand for those that a text could be of."""
LOUDEST = 4.0
"""In a text no deviation counts for more: a rare word said twice is no habit yet."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`odds` are log-odds; `lead` is how much more like this voice than like others it is."""

    odds: float
    lead: float

    @property
    def score(self) -> float:
        """The probability, from 0 to 1."""
        return probability(self.odds)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a text shows: its counts, its frequencies, and the direction in which it deviates."""

    counts: Counts
    frequencies: Floats
    direction: Floats


@dataclass(frozen=True, slots=True)
class Portrait:
    """A profile, ready to be compared with: its counts, what sets it apart, and its rates."""

    counts: Counts
    peculiar: Floats
    rates: Rates


def shown(ground: Background, counts: Counts) -> Shown:
    """What the counts of a text show. Takes a few milliseconds."""
    import numpy as np

    frequencies = ground.frequencies(counts)
    apart = (frequencies - ground.mean) / np.sqrt(ground.spread_of(counts))
    found = direction(ground.off_topic(np.clip(apart, -LOUDEST, LOUDEST)))
    typical = ground.centre * np.float32(min(1.0, counts.tokens / TOKENS) ** 0.75)
    return Shown(counts, frequencies, found - typical)


def portrait(ground: Background, profile: Counts) -> Portrait:
    """A profile, ready to be compared with. Takes a few milliseconds."""
    found = ground.frequencies(profile)
    return Portrait(profile, peculiar(ground, found), rates(ground, profile, found))


def likeness(ground: Background, text: Shown, own: Portrait, rejected: Portrait | None) -> Likeness:
    """How much the text sounds like the voice.

    `own` is of the voice's own texts, `rejected` of those that it would not put its name to.
    """
    terms = evidence_terms(ground, text, own)
    lead = terms[1]
    odds = sum(map(float.__mul__, ground.weights, terms))
    if rejected is not None and rejected.counts.words:
        share = rejected.counts.words / (rejected.counts.words + SETTLED)
        against = evidence_terms(ground, text, rejected)[1] - lead
        score = probability(odds) * (1 - share * probability(40 * against))
        odds = math.log(score / (1 - score))
    return Likeness(odds, lead)


def evidence_terms(ground: Background, text: Shown, voice: Portrait) -> tuple[float, ...]:
    """What the regression is over: all witnesses, and how they weigh by length and by knowledge.

    The likelihoods are of the whole text, so they grow with its length by themselves.
    """
    import numpy as np

    others = np.sort(ground.others @ text.direction)[-NEAREST:]
    lead = float(text.direction @ voice.peculiar - others.mean())
    length = math.log(min(max(text.counts.words, 10), 250) / 150)
    known = math.log(min(max(voice.counts.words, 100), 4000) / 2000)
    of_words, of_letters = told(ground, text.counts, text.frequencies, voice.rates)
    by_length = (lead, lead * length, lead * known, of_words, of_letters, of_letters * known)
    of_pairs = in_common(ground.phrases, text.counts.phrases, voice.counts.phrases)
    return (1.0, *by_length, of_pairs, of_pairs * known, length, known)


def peculiar(ground: Background, frequencies: Floats) -> Floats:
    """What sets a profile apart, of length 1. Roots, so that a few rare words do not decide."""
    import numpy as np

    apart = (frequencies - ground.mean) / np.sqrt(ground.spread)
    return direction(ground.off_topic(np.sign(apart) * np.sqrt(np.abs(apart))))


def direction(deviations: Floats) -> Floats:
    """Of length 1; of length 0 where nothing deviates."""
    import numpy as np

    size = max(float(np.linalg.norm(deviations)), 1e-9)
    return deviations / np.float32(size)


def probability(log_odds: float) -> float:
    """From 0 to 1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
