"""The few formulas of statistics that claims rest on, with their sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

TERMS = 200
PRECISE = 3e-14
TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its standard error, the degrees of freedom, and the p-value of not 0."""

    value: float
    error: float
    freedom: int
    p: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The confidence interval of Student's t."""
        reach = t_quantile(0.5 + level / 2, self.freedom) * self.error
        return self.value - reach, self.value + reach


def t_two_sided(t: float, freedom: float) -> float:
    """P(|T| >= |t|) for Student's t: I_x(v/2, 1/2), x = v/(v + t^2) (Abramowitz, Stegun 26.7.1)."""
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


@lru_cache(maxsize=1024)
def t_quantile(p: float, freedom: float) -> float:
    """The t below which Student's t lies with probability p, at least a half; by bisection."""
    low, high = 0.0, 1.0
    while 1 - t_two_sided(high, freedom) / 2 < p:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        if 1 - t_two_sided(middle, freedom) / 2 < p:
            low = middle
        else:
            high = middle
    return high


def normal_two_sided(z: float) -> float:
    """P(|Z| >= |z|) for the normal distribution."""
    return math.erfc(abs(z) / math.sqrt(2))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) (Numerical Recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log_front + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * fraction(a, b, x) / a
    return 1 - front * fraction(b, a, 1 - x) / b


def fraction(a: float, b: float, x: float) -> float:
    """Its continued fraction, by Lentz's method (Numerical Recipes, 6.4)."""
    c, d = 1.0, 1 / away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, TERMS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / away(1 + step * d)
            c = away(1 + step / c)
            found *= d * c
        if abs(d * c - 1) < PRECISE:
            break
    return found


def away(value: float) -> float:
    """The value, or a tiny one in the place of 0."""
    return value if abs(value) > TINY else TINY


def discoveries(p_values: Sequence[float], rate: float) -> list[bool]:
    """Which hypotheses Benjamini and Hochberg (1995) reject at that false discovery rate."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    last = 0
    for rank, index in enumerate(order, 1):
        if p_values[index] <= rate * rank / len(p_values):
            last = rank
    accepted = set(order[:last])
    return [index in accepted for index in range(len(p_values))]


def regression(x: Matrix, y: Matrix) -> list[Estimate]:
    """Least squares of y on the columns of x, with errors that bear unequal spread.

    HC3 of MacKinnon and White (1985): each squared residual over (1 - leverage)^2.
    """
    import numpy as np

    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ x.T @ y
    leverage = np.clip(np.einsum("ij,jk,ik->i", x, inverse, x), 0, 1 - 1e-9)
    weights = ((y - x @ beta) / (1 - leverage)) ** 2
    covariance = inverse @ ((x * weights[:, None]).T @ x) @ inverse
    freedom = max(1, len(y) - x.shape[1])
    found = []
    for value, variance in zip(beta, np.diag(covariance), strict=True):
        error = math.sqrt(max(float(variance), TINY))
        p = t_two_sided(float(value) / error, freedom)
        found.append(Estimate(float(value), error, freedom, p))
    return found
