"""Patterns: what posts that do better have in common, and nothing that chance would show as well.

The outcome of a post is the logarithm of its engagement rate, less the mean of its platform, so
that an effect is a factor. Features are taken into one regression one after the other, the
strongest first, as long as Benjamini and Hochberg's procedure lets one in: a feature that only
goes along with a stronger one, or is what the rest is not, explains nothing any more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasources.content import Platform
from services.engagement import Totals
from services.post_features import Feature, Trait
from services.statistics import Estimate, discoveries, normal_two_sided, regression

if TYPE_CHECKING:
    from services.statistics import Matrix

FALSE = 0.01
"""The false discovery rate of each look. Below 5%: several looks are taken."""

LEAST_POSTS = 24
LEAST_WITH = 8
LEAST_SEEN = 20
SMALLEST = math.log(1.1)
MOST = 12
FAR = 3.5


@dataclass(frozen=True, slots=True)
class Sample:
    """A post as statistics see it."""

    id: str
    platform: Platform
    totals: Totals
    features: frozenset[Feature]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Posts with this feature do `factor` times as well; 95% of such intervals hold the truth."""

    feature: Feature
    factor: float
    low: float
    high: float
    posts: int
    p: float


@dataclass(frozen=True, slots=True)
class Outlier:
    """A post that did `factor` times as well as what it is would tell."""

    id: str
    factor: float
    z: float
    p: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What the posts carry. `posts` is how many were looked at, `spread` the residuals' scale."""

    posts: int
    patterns: Sequence[Pattern]
    outliers: Sequence[Outlier]
    spread: float


def findings(samples: Sequence[Sample]) -> Findings:
    """Patterns and outliers of one account; none where there is too little to tell from."""
    used = [each for each in samples if each.totals.impressions >= LEAST_SEEN]
    if len(used) < LEAST_POSTS:
        return Findings(len(used), [], [], 0.0)
    y, columns = outcomes(used), candidates(used)
    chosen = choose(columns, y)
    patterns = [
        pattern(feature, estimate, columns[feature])
        for feature, estimate in fitted(columns, chosen, y).items()
    ]
    rest = residuals(columns, chosen, y)
    spread = scale(rest)
    return Findings(len(used), patterns, outliers(used, rest, spread), spread)


def outcomes(samples: Sequence[Sample]) -> Matrix:
    """The logarithms of rates, half an engagement added, less the mean of each platform."""
    import numpy as np

    y = np.array([outcome(each.totals) for each in samples])
    platforms = np.array([each.platform.value for each in samples])
    for platform in set(platforms):
        y[platforms == platform] -= y[platforms == platform].mean()
    return y


def outcome(totals: Totals) -> float:
    """The logarithm of a rate that is never 0 (Haldane's half, 1956)."""
    return math.log((max(totals.engagement, 0) + 0.5) / (totals.impressions + 1))


def candidates(samples: Sequence[Sample]) -> dict[Feature, Matrix]:
    """A column of 0 and 1 for each feature that enough posts have, and enough have not.

    Of two that say the same, or the opposite, the first is taken.
    """
    import numpy as np

    every = sorted({feature for each in samples for feature in each.features})
    columns: dict[Feature, Matrix] = {}
    told: set[bytes] = set()
    for feature in every:
        column = np.array([float(feature in each.features) for each in samples])
        often = LEAST_WITH <= column.sum() <= len(samples) - LEAST_WITH
        if often and column.tobytes() not in told:
            columns[feature] = column
            told |= {column.tobytes(), (1 - column).tobytes()}
    return columns


def choose(columns: dict[Feature, Matrix], y: Matrix) -> list[Feature]:
    """The features that explain something, the strongest first."""
    chosen: list[Feature] = []
    while len(chosen) < MOST:
        rest = [feature for feature in columns if feature not in chosen]
        found = [regression(design(columns, [*chosen, each]), y)[-1] for each in rest]
        accepted = discoveries([each.p for each in found], FALSE)
        strong = [
            (abs(estimate.value / estimate.error), feature)
            for feature, estimate, good in zip(rest, found, accepted, strict=True)
            if good and abs(estimate.value) >= SMALLEST
        ]
        if not strong:
            break
        chosen.append(max(strong)[1])
    return [each for each, kept in fitted(columns, chosen, y).items() if kept.p <= FALSE]


def fitted(
    columns: dict[Feature, Matrix], chosen: Sequence[Feature], y: Matrix
) -> dict[Feature, Estimate]:
    """All of them in one regression."""
    found = regression(design(columns, chosen), y)
    return dict(zip(chosen, found[1:], strict=True))


def design(columns: dict[Feature, Matrix], features: Sequence[Feature]) -> Matrix:
    """A column of ones, and one a feature."""
    import numpy as np

    length = len(next(iter(columns.values()))) if columns else 0
    return np.column_stack([np.ones(length), *(columns[each] for each in features)])


def pattern(feature: Feature, estimate: Estimate, column: Matrix) -> Pattern:
    """As it is told."""
    low, high = estimate.interval()
    return Pattern(
        feature,
        math.exp(estimate.value),
        math.exp(low),
        math.exp(high),
        int(column.sum()),
        estimate.p,
    )


def residuals(columns: dict[Feature, Matrix], chosen: Sequence[Feature], y: Matrix) -> Matrix:
    """What the features leave unexplained."""
    import numpy as np

    x = design(columns, chosen) if columns else np.ones((len(y), 1))
    rest: Matrix = y - x @ (np.linalg.pinv(x) @ y)
    return rest


def scale(rest: Matrix) -> float:
    """The spread, whatever the outliers: 1.4826 times the median deviation (Hampel, 1974)."""
    import numpy as np

    return float(1.4826 * np.median(np.abs(rest - np.median(rest))))


def outliers(samples: Sequence[Sample], rest: Matrix, spread: float) -> list[Outlier]:
    """Posts at least 3.5 scales off (Iglewicz and Hoaglin, 1993) that no chance would bring."""
    import numpy as np

    if spread <= 0:
        return []
    off = rest - np.median(rest)
    found = [
        Outlier(each.id, math.exp(gap), gap / spread, normal_two_sided(gap / spread))
        for each, gap in zip(samples, off.tolist(), strict=True)
    ]
    accepted = discoveries([each.p for each in found], FALSE)
    kept = [each for each, good in zip(found, accepted, strict=True) if good and abs(each.z) >= FAR]
    return sorted(kept, key=lambda each: -abs(each.z))


def change(now: Sequence[Sample], before: Sequence[Sample]) -> Pattern | None:
    """How posts of now do beside those of before; None where that may be chance."""
    import numpy as np

    fresh = [each for each in now if each.totals.impressions >= LEAST_SEEN]
    old = [each for each in before if each.totals.impressions >= LEAST_SEEN]
    if min(len(fresh), len(old)) < LEAST_WITH:
        return None
    column = np.array([1.0] * len(fresh) + [0.0] * len(old))
    platforms = sorted({each.platform for each in [*fresh, *old]})[1:]
    others = [
        np.array([float(each.platform is platform) for each in [*fresh, *old]])
        for platform in platforms
    ]
    y = np.array([outcome(each.totals) for each in [*fresh, *old]])
    found = regression(np.column_stack([np.ones(len(y)), column, *others]), y)[1]
    if found.p > FALSE or abs(found.value) < SMALLEST:
        return None
    return pattern(Feature(Trait.AGE, "recent"), found, column)
