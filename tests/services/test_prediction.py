"""A prediction is better than the account's own mean on unseen posts, or says it knows not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from services.patterns import LEAST_SEEN, Sample, outcome
from services.ridge import LEAST, Model, fit
from tests.services.planted import account

EFFECTS = [2.0, 1.7, 0.55]


def errors(model: Model, unseen: Sequence[Sample]) -> tuple[float, float]:
    """The mean squared errors of the account's own mean, and of the model."""
    used = [each for each in unseen if each.totals.impressions >= LEAST_SEEN]
    y = np.array([outcome(each.totals) for each in used])
    mean = np.array([model.mean[each.platform.value] for each in used])
    told = mean + np.array([model.gain(each.features, model.weights) for each in used])
    return float(((y - mean) ** 2).mean()), float(((y - told) ** 2).mean())


def trial(seed: int, posts: int, effects: list[float]) -> tuple[Model, float]:
    """A model of the first posts, and the part of the mean's error that it saves on 100 others."""
    made = account(seed, posts + 100, effects)
    model = fit(made.samples[:posts], {})
    plain, told = errors(model, made.samples[posts:])
    return model, 1 - told / plain


def test_where_there_is_something_to_learn_unseen_posts_are_told_better() -> None:
    trials = [trial(seed, 150, EFFECTS) for seed in range(10)]
    knowing = [saved for model, saved in trials if model.knows]
    assert len(knowing) >= 9
    assert np.mean(knowing) >= 0.2
    assert np.mean([saved > 0 for saved in knowing]) >= 0.9


def test_what_it_says_it_is_worth_is_what_it_is_worth() -> None:
    """Its skill, from posts left out in turn, is that on posts which came later."""
    trials = [trial(seed, 150, EFFECTS) for seed in range(10)]
    claimed = np.mean([model.skill for model, _ in trials])
    assert claimed == pytest.approx(np.mean([saved for _, saved in trials]), abs=0.08)


def test_where_there_is_nothing_to_learn_it_says_so() -> None:
    knowing = [fit(account(seed, 150, []).samples, {}).knows for seed in range(25)]
    assert sum(knowing) <= 3


def test_a_few_posts_are_not_enough() -> None:
    model = fit(account(1, LEAST - 1, EFFECTS).samples, {})
    assert not model.knows
    assert model.weights == {}


def test_the_truth_lies_in_the_interval_as_often_as_it_says() -> None:
    held = []
    for seed in range(7):
        made = account(seed, 250, EFFECTS)
        model = fit(made.samples[:150], {})
        for each in made.samples[150:]:
            expected = model.mean[each.platform.value] + model.gain(each.features, model.weights)
            held.append(abs(outcome(each.totals) - expected) <= model.reach())
    assert np.mean(held) == pytest.approx(0.8, abs=0.05)


def test_a_prior_helps_those_who_have_little_and_gives_way_to_what_they_have() -> None:
    made = account(9, 160, EFFECTS)
    truth = {feature: math.log(factor) for feature, factor in made.planted.items()}
    with_prior = fit(made.samples[:50], truth)
    without = fit(made.samples[:50], {})
    assert errors(with_prior, made.samples[50:])[1] < errors(without, made.samples[50:])[1]
    wrong = fit(made.samples[:150], {feature: -weight for feature, weight in truth.items()})
    for feature, weight in truth.items():
        assert wrong.weights[feature] * weight > 0


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("posts", [50, 100, 150, 300])
def test_the_margin_over_the_mean_is_measured_on_many_accounts(posts: int) -> None:
    """200 accounts with three effects, and 200 with none; each judged on 100 posts to come."""
    trials = [trial(seed, posts, EFFECTS) for seed in range(200)]
    knowing = [saved for model, saved in trials if model.knows]
    idle = sum(fit(account(seed, posts, []).samples, {}).knows for seed in range(1000, 1200))
    share, saved = len(knowing) / len(trials), float(np.mean(knowing))
    print(f"{posts} posts: knows {share:.2f}, saves {saved:.3f}; falsely {idle / 200:.3f}")
    assert saved >= 0.05
    assert idle <= 20
