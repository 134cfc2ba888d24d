"""What was planted is found, and what was not is not claimed. docs/insights.md has the figures."""

from __future__ import annotations

import pytest

from services.engagement import Totals
from services.patterns import LEAST_POSTS, change, findings
from tests.services.planted import Score, account


def scored(accounts: range, posts: int, factor: float) -> Score:
    """Accounts with one effect, and with two that go against each other, by turns."""
    score = Score()
    for seed in accounts:
        score.count(account(seed, posts, [factor, 1 / factor] if seed % 2 else [factor]))
    return score


def test_planted_effects_are_found_and_no_others() -> None:
    """A sample of what `make soak` measures."""
    score = scored(range(1000, 1012), 200, 2.0)
    assert score.power >= 0.9
    assert score.false_rate <= 0.05


def test_where_nothing_was_planted_nothing_is_claimed() -> None:
    claims = [findings(account(seed, 150, []).samples).patterns for seed in range(2000, 2010)]
    assert sum(map(len, claims)) <= 1


def test_too_few_posts_carry_no_claim() -> None:
    made = account(1, LEAST_POSTS - 1, [])
    found = findings(made.samples)
    assert (found.patterns, found.outliers) == ([], [])
    assert change(made.samples[:5], made.samples[5:]) is None


def test_a_post_that_stands_out_is_named_and_ordinary_ones_are_not() -> None:
    from dataclasses import replace

    made = account(3, 150, [])
    ordinary = findings(made.samples).outliers
    assert len(ordinary) <= 1
    odd = replace(made.samples[7], totals=Totals(2000, 1900))
    samples = [odd if each.id == odd.id else each for each in made.samples]
    assert odd.id in {each.id for each in findings(samples).outliers}


def test_a_month_that_is_better_is_told_from_one_that_is_not() -> None:
    from dataclasses import replace

    samples = account(4, 80, []).samples
    now, before = samples[:40], samples[40:]
    assert change(now, before) is None
    better = [
        replace(each, totals=Totals(each.totals.impressions, each.totals.engagement * 2))
        for each in now
    ]
    found = change(better, before)
    assert found is not None
    assert found.low <= 2 <= found.high


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("posts", "factor"), [(150, 2.0), (200, 1.8), (300, 1.8), (400, 1.5)])
def test_nine_in_ten_are_found_and_one_in_twenty_is_false(posts: int, factor: float) -> None:
    """300 accounts each, whose intervals hold the truth as often as they say."""
    score = scored(range(300), posts, factor)
    print(
        f"{posts} posts, x{factor}: power {score.power:.3f}, false {score.false_rate:.3f}, "
        f"covered {score.covered / score.found:.3f}"
    )
    assert score.power >= 0.9
    assert score.false_rate <= 0.05
    assert score.covered / score.found >= 0.9


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_accounts_without_effects_hear_of_none() -> None:
    claims = sum(len(findings(account(seed, 150, []).samples).patterns) for seed in range(400))
    print(f"{claims} claims on 400 accounts")
    assert claims <= 20
