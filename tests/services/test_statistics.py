"""The formulas against tables and against what they have to hold to."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from services.statistics import (
    discoveries,
    normal_two_sided,
    regression,
    t_quantile,
    t_two_sided,
)


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)]
)
def test_students_t_is_what_every_table_says(freedom: int, t: float) -> None:
    """The two-sided 5% points."""
    assert t_two_sided(t, freedom) == pytest.approx(0.05, abs=2e-4)
    assert t_quantile(0.975, freedom) == pytest.approx(t, abs=1e-3)


def test_the_normal_distribution_is_the_limit() -> None:
    assert normal_two_sided(1.959964) == pytest.approx(0.05, abs=1e-6)
    assert t_two_sided(1.5, 1e6) == pytest.approx(normal_two_sided(1.5), abs=1e-5)


def test_discoveries_are_those_of_the_paper() -> None:
    """The example of Benjamini and Hochberg (1995): four of fifteen at 5%."""
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    assert sum(discoveries(p_values, 0.05)) == 4
    assert discoveries([], 0.05) == []


def test_a_regression_finds_the_line_and_its_interval_holds_it_as_often_as_it_says() -> None:
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        column = (chance.random(60) < 0.4).astype(float)
        noise = chance.normal(0, 0.3 + 0.5 * column)
        found = regression(np.column_stack([np.ones(60), column]), 1 + 0.7 * column + noise)
        low, high = found[1].interval()
        held += low <= 0.7 <= high
    assert 0.92 <= held / 300 <= 0.99


def test_a_feature_that_does_nothing_is_significant_as_seldom_as_it_should_be() -> None:
    chance = random.Random(5)
    y = np.array([chance.gauss(0, 1) for _ in range(80)])
    hits = 0
    for _ in range(400):
        column = np.array([float(chance.random() < 0.3) for _ in range(80)])
        hits += regression(np.column_stack([np.ones(80), column]), y)[1].p < 0.05
    assert hits / 400 <= 0.08
    assert math.isfinite(hits)
