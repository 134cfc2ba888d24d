"""How people in general write: numbers only, measured once, against which each voice stands out.

`voice_background.npz` beside this module is made by `scripts/voice_background.py`; no text can be
read out of it. It holds, for each feature, how often it comes on average over many writers, and
how much that varies within one writer's texts and from writer to writer; the directions in which
texts of one writer differ most, which is what they are about; what is peculiar to others; and what
turns a likeness into a probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from services.voice_features import LETTERS, RUNS, WORD, Counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.floating[Any]]

FILE = Path(__file__).with_name("voice_background.npz")
TOKENS, LETTERS_THERE = 190, 1000
"""About how many tokens and letters the passages had that `spread` was measured on."""


@dataclass(frozen=True, slots=True)
class Background:
    """`places` is where each feature is in the arrays; `words`, `letters` and `fours` (runs of four
    letters) say of each whether it is one.

    `mean` and `spread` (a variance) are of relative frequencies in passages of about 190 tokens,
    `between` is the variance of the writers' own means. `centre` is where texts lie on average,
    each of length 1. `topics` has a row a direction, in units of the spread; `damping` is the share
    of each that is taken out. `others` has a row of length 1 for each of a few dozen other writers:
    what is peculiar to them. `phrases` has the usual rates, in tokens, of frequent pairs of words,
    which go by a number, see `voice_phrases`. `weights` are those of a logistic regression, see
    `voice_score.evidence_terms`.
    """

    places: Mapping[str, int]
    words: NDArray[np.bool_]
    letters: NDArray[np.bool_]
    fours: NDArray[np.bool_]
    mean: Floats
    spread: Floats
    between: Floats
    centre: Floats
    topics: Floats
    damping: Floats
    others: Floats
    phrases: Mapping[int, float]
    weights: tuple[float, ...]

    def frequencies(self, counts: Counts) -> Floats:
        """Relative frequencies of all known features in a text."""
        import numpy as np

        found: Floats = np.zeros(len(self.mean), np.float32)
        for name, n in counts.features.items():
            if name in self.places:
                found[self.places[name]] = n
        totals = self.totals(max(counts.tokens, 1), max(counts.letters, 1))
        return found / totals

    def totals(self, tokens: int, letters: int) -> Floats:
        """Of how many each feature is one."""
        import numpy as np

        made: Floats = np.where(self.letters, np.float32(letters), np.float32(tokens))
        return made

    def spread_of(self, counts: Counts | None) -> Floats:
        """The variance in texts of that length; of the passages' where None is given.

        Shorter texts vary more, by chance alone: the variance of a Poisson count is its mean.
        """
        if counts is None:
            return self.spread
        tokens, letters = min(counts.tokens, TOKENS), min(counts.letters, LETTERS_THERE)
        short = 1 / self.totals(max(tokens, 1), max(letters, 1))
        varied: Floats = self.spread + self.mean * (short - 1 / self.totals(TOKENS, LETTERS_THERE))
        return varied

    def off_topic(self, deviations: Floats) -> Floats:
        """The deviations, with what depends on the topic damped (nuisance attribute projection).

        After Solomonoff, Campbell and Boardman, ICASSP 2005, who take channels out of voices.
        """
        kept: Floats = deviations - (deviations @ self.topics.T * self.damping) @ self.topics
        return kept


@cache
def background() -> Background:
    """The one that is shipped; read when it is first needed."""
    import numpy as np

    with np.load(FILE, allow_pickle=False) as held:
        names = str(held["names"]).split("\n")
        return Background(
            places={name: at for at, name in enumerate(names)},
            words=np.array([name.startswith(f"{WORD}:") for name in names]),
            letters=np.array([name.startswith(f"{LETTERS}:") for name in names]),
            fours=np.array([is_four(name) for name in names]),
            mean=held["mean"].astype(np.float32),
            spread=held["spread"].astype(np.float32),
            between=held["between"].astype(np.float32),
            centre=held["centre"].astype(np.float32),
            topics=of_length_1(held["topics"]),
            damping=held["damping"].astype(np.float32),
            others=of_length_1(held["others"]),
            phrases=dict(zip(held["phrases"].tolist(), rates_of(held["phrased"]), strict=True)),
            weights=tuple(float(each) for each in held["weights"]),
        )


def rates_of(logarithms: NDArray[Any]) -> list[float]:
    """Rates that were kept as their logarithms, in half precision."""
    import numpy as np

    found: list[float] = np.exp(logarithms.astype(np.float64)).tolist()
    return found


def is_four(name: str) -> bool:
    """Whether a feature is a run of four letters."""
    return name.startswith(f"{LETTERS}:") and len(name) == len(LETTERS) + 1 + RUNS[-1]


def of_length_1(rows: NDArray[Any]) -> Floats:
    """Rows that were kept in bytes."""
    import numpy as np

    found = rows.astype(np.float32)
    made: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
    return made
