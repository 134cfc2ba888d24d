"""Medians and percentiles."""

import pytest

from bench.processes import BenchError
from bench.sample import Sample, percentile, typical


def test_a_percentile_is_a_value_that_was_measured() -> None:
    """The nearest rank: nothing is made up between two values."""
    hundred = [float(value) for value in range(1, 101)]
    assert [percentile(hundred, percent) for percent in (50, 99, 100)] == [50, 99, 100]
    assert percentile([1.0, 2.0, 9.0], 50) == 2
    assert percentile([7.0], 99) == 7


def test_one_disturbed_run_does_not_move_the_typical_one() -> None:
    """Each figure is a median of its own."""
    runs = [Sample(100, 1.0, 5.0), Sample(3, 80.0, 900.0), Sample(102, 1.2, 4.0)]
    assert typical(runs) == Sample(100, 1.2, 5.0)


def test_nothing_measured_has_no_typical_run() -> None:
    """A mistake in the harness is told, not averaged."""
    with pytest.raises(BenchError, match="nothing"):
        typical([])
