"""How much likelier a text's words and letters are at a voice's own rates than at everybody's.

How often a word comes in somebody's texts varies more than chance would have it, so counts are
taken to be negative binomial (Mosteller and Wallace, Inference and Disputed Authorship, 1964).
What was seen of a voice says less of rare words than of frequent ones: each rate is drawn towards
the usual one by as much as writers differ in it, over that and what a profile of its size may be
wrong by (empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.voice_background import LETTERS_THERE, TOKENS, Background
from services.voice_features import Counts

if TYPE_CHECKING:
    from services.voice_background import Floats

LEAST = 0.02
"""The least share of the usual rate that a voice can have: what never came may come yet."""
STEADIEST, WILDEST = 200.0, 0.05
"""Bounds of the size of a negative binomial: the larger, the nearer to a Poisson count."""


@dataclass(frozen=True, slots=True)
class Rates:
    """A voice against everybody: what an occurrence says, and what a passage's silence says.

    Both are differences of log-likelihoods a feature; `silent` is of a passage of usual length.
    """

    spoken: Floats
    silent: Floats


def rates(ground: Background, profile: Counts, frequencies: Floats) -> Rates:
    """What is to be expected of the profile's voice; `frequencies` are the profile's."""
    import numpy as np

    usual = ground.totals(TOKENS, LETTERS_THERE)
    expected = ground.mean * usual
    uneven = np.maximum(ground.spread - ground.mean / usual, 0.0) * usual**2
    size = np.clip(expected**2 / np.maximum(uneven, 1e-9), WILDEST, STEADIEST)
    own = drawn(ground, profile, frequencies) * usual
    spoken = np.log(own / (own + size)) - np.log(expected / (expected + size))
    silent = size * (np.log1p(expected / size) - np.log1p(own / size))
    return Rates(spoken, silent)


def drawn(ground: Background, profile: Counts, frequencies: Floats) -> Floats:
    """The profile's rates, each drawn towards the usual one by how little is known of it."""
    import numpy as np

    seen = ground.totals(max(profile.tokens, 1), max(profile.letters, 1))
    usual = ground.totals(TOKENS, LETTERS_THERE)
    error = ground.mean / seen + np.maximum(ground.spread - ground.mean / usual, 0) * usual / seen
    trust = ground.between / (ground.between + error + 1e-14)
    apart = frequencies - ground.mean
    found: Floats = np.maximum(ground.mean * LEAST, ground.mean + trust * apart)
    return found


def told(ground: Background, text: Counts, found: Floats, voice: Rates) -> tuple[float, float]:
    """Log-likelihood ratios of a text, in tens of nats: of its words, and of its letters by four.

    `found` are the text's frequencies. Overlapping runs of letters say everything several times,
    so the second is to be weighed, not added.
    """
    usual = ground.totals(TOKENS, LETTERS_THERE)
    each = found * usual * voice.spoken + voice.silent
    share = text.tokens / TOKENS / 10
    return float(each[ground.words].sum()) * share, float(each[ground.fours].sum()) * share
