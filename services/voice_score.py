"""How likely it is that one voice wrote a text, from 0 to 1.

A text is compared by how its habits of language deviate from what is usual (Burrows's Delta in
its cosine form: Evert et al., DSH 2017), with what its topic explains taken out. How alike two
deviations are means little by itself, so it is held against how alike the text is to a few dozen
other writers (the impostors of Koppel and Winter, JASIST 2014). How far that is evidence depends
on the text's length and on how much was learned, so a logistic regression over these gives the
score: where one half of some texts are of a voice, about four in five that score 0.8 are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.voice_background import TOKENS, Background, background
from services.voice_features import Counts, count

if TYPE_CHECKING:
    from services.voice_background import Floats

SETTLED = 1000.0
"""Rejected words after which half of what they show counts."""
NEAREST = 6
"""How many of the other writers stand for those that a text could be of."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 to 1; `lead` is how much more like this voice than like others it is."""

    score: float
    lead: float


def likeness(text: str, profile: Counts, rejected: Counts | None = None) -> Likeness:
    """How much the text sounds like the profile.

    `profile` is what was counted in the voice's own texts, `rejected` in those that it would not
    put its name to. Takes about 10 ms; the first call reads the background.
    """
    ground = background()
    own = count(text, ground.places)
    found = evidence_terms(ground, own, profile)
    lead = found[1]
    score = probability(sum(map(float.__mul__, ground.weights, found)))
    if rejected is not None and rejected.words:
        share = rejected.words / (rejected.words + SETTLED)
        against = evidence_terms(ground, own, rejected)[1] - lead
        score *= 1 - share * probability(40 * against)
    return Likeness(score, lead)


def evidence_terms(ground: Background, text: Counts, profile: Counts) -> tuple[float, ...]:
    """What the regression is over: the lead, and how it weighs by length and by what is known."""
    import numpy as np

    shown = direction(ground.off_topic(deviations(ground, text, of_text=True)))
    shown = shown - ground.centre * min(1.0, text.tokens / TOKENS) ** 0.75
    others = np.sort(ground.others @ shown)[-NEAREST:]
    lead = float(shown @ peculiar(ground, profile) - others.mean())
    length = math.log(min(max(text.words, 10), 250) / 150)
    known = math.log(min(max(profile.words, 100), 4000) / 2000)
    return (1.0, lead, length, lead * length, known, lead * known)


def peculiar(ground: Background, profile: Counts) -> Floats:
    """What sets a profile apart, of length 1. Roots, so that a few rare words do not decide."""
    import numpy as np

    apart = deviations(ground, profile, of_text=False)
    return direction(ground.off_topic(np.sign(apart) * np.sqrt(np.abs(apart))))


def direction(deviations: Floats) -> Floats:
    """Of length 1; of length 0 where nothing deviates."""
    import numpy as np

    size = max(float(np.linalg.norm(deviations)), 1e-9)
    return deviations / np.float32(size)


def deviations(ground: Background, counts: Counts, *, of_text: bool) -> Floats:
    """How far each frequency is from the usual one, in the spread that texts have.

    With `of_text` in that of texts as long as this one, else in that of a page.
    """
    import numpy as np

    spread = ground.spread_of(counts if of_text else None)
    apart: Floats = (ground.frequencies(counts) - ground.mean) / np.sqrt(spread)
    return apart


def probability(log_odds: float) -> float:
    """From 0 to 1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
