"""Ridge regression on features of posts, with a measure of what it is worth that is not flattered.

Hoerl and Kennard (1970). Errors are those of leaving each post out in turn, by the hat matrix
(Allen's PRESS, 1974), so no post is predicted by a model that has seen it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.patterns import LEAST_SEEN, LEAST_WITH, Sample, outcome
from services.post_features import Feature
from services.statistics import t_quantile, t_two_sided

if TYPE_CHECKING:
    from services.statistics import Matrix

PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0)
LEAST = 40
SURE = 0.05
WORTH = 0.02
"""The part of the spread that a model has to explain, at least, before it is believed."""

Weights = Mapping[Feature, float]


@dataclass(frozen=True, slots=True)
class Model:
    """`mean` is that of each platform's outcomes, `weights` what features add to it.

    `usual` is the part of the posts that has each feature: a post that is in all things usual
    is expected to do as the mean. `skill` is the part of the own mean's squared error that is
    gone on posts left out; `error` what is left, as a standard deviation. It `knows` where the
    gain is no chance.
    """

    posts: int
    mean: Mapping[str, float]
    weights: Weights
    usual: Weights
    skill: float
    error: float
    knows: bool

    def gain(self, features: frozenset[Feature], weights: Weights) -> float:
        """How far above the mean a post with these is expected, in logarithms."""
        present = sum(weights.get(each, 0.0) for each in features)
        return present - sum(weight * self.usual.get(each, 0.0) for each, weight in weights.items())

    def reach(self, level: float = 0.8) -> float:
        """How far off one post may be, to each side, in so many of all cases."""
        return t_quantile(0.5 + level / 2, max(1, self.posts - 1)) * self.error


def fit(samples: Sequence[Sample], prior: Weights) -> Model:
    """The model of an account: as the prior has it, but for what its own posts tell otherwise."""
    import numpy as np

    used = [each for each in samples if each.totals.impressions >= LEAST_SEEN]
    y = np.array([outcome(each.totals) for each in used])
    mean = means(used, y)
    y = y - np.array([mean[each.platform.value] for each in used])
    if len(used) < LEAST:
        error = float(y.std(ddof=1)) if len(used) > 2 else math.inf
        return Model(len(used), mean, {}, shares(used), 0.0, error, knows=False)
    names = common(used)
    x = np.array([[float(name in each.features) for name in names] for each in used])
    x = x.reshape(len(used), len(names))
    x = x - x.mean(axis=0)
    start = np.array([prior.get(name, 0.0) for name in names])
    press, beta = min(
        (left_out(x, y - x @ start, penalty) for penalty in PENALTIES),
        key=lambda found: float((found[0] ** 2).mean()),
    )
    plain = y * len(y) / (len(y) - 1)
    skill = 1 - float((press**2).mean() / (plain**2).mean())
    return Model(
        posts=len(used),
        mean=mean,
        weights=dict(zip(names, (start + beta).tolist(), strict=True)),
        usual=shares(used),
        skill=skill,
        error=float(np.sqrt((press**2).mean())),
        knows=skill >= WORTH and better(plain, press),
    )


def means(samples: Sequence[Sample], y: Matrix) -> dict[str, float]:
    """The mean outcome of each platform."""
    found: dict[str, list[float]] = {}
    for sample, value in zip(samples, y.tolist(), strict=True):
        found.setdefault(sample.platform.value, []).append(value)
    return {platform: sum(values) / len(values) for platform, values in found.items()}


def common(samples: Sequence[Sample]) -> list[Feature]:
    """Features that enough posts have to learn from."""
    least = LEAST_WITH / len(samples)
    return sorted(feature for feature, share in shares(samples).items() if share >= least)


def shares(samples: Sequence[Sample]) -> dict[Feature, float]:
    """The part of the posts that has each feature."""
    counts: dict[Feature, int] = {}
    for each in samples:
        for feature in each.features:
            counts[feature] = counts.get(feature, 0) + 1
    return {feature: count / len(samples) for feature, count in counts.items()}


def left_out(x: Matrix, y: Matrix, penalty: float) -> tuple[Matrix, Matrix]:
    """The errors on posts that were left out in turn, and the coefficients from all."""
    import numpy as np

    inverse = np.linalg.inv(x.T @ x + penalty * np.eye(x.shape[1]))
    beta = inverse @ x.T @ y
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x) + 1 / len(y)
    return (y - x @ beta) / (1 - leverage), beta


def better(plain: Matrix, model: Matrix) -> bool:
    """Whether the model's squared errors are smaller by more than chance: a paired t-test."""
    gain = plain**2 - model**2
    spread = float(gain.std(ddof=1))
    if spread <= 0:
        return False
    t = float(gain.mean()) / (spread / math.sqrt(len(gain)))
    return t > 0 and t_two_sided(t, len(gain) - 1) / 2 < SURE
