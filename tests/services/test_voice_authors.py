"""A profile tells its author from seven others, by texts of other years."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.voice import Verdict
from services.voice_learning import Learned, learn, learn_all
from tests.services.author_trials import profiles, trials
from tests.services.speakers import SPEAKERS, SPEECHES

spoken = pytest.mark.skipif(
    not SPEECHES.is_dir(), reason="run 'npm ci' in tests/services/speeches first"
)
TEXTS = st.lists(
    st.tuples(
        st.text("we never said that, did I? 42 #tag\n", min_size=1, max_size=60),
        st.sampled_from(Verdict),
    ),
    max_size=6,
)


@spoken
def test_the_right_profile_wins_in_five_of_six_passages_of_other_years() -> None:
    found = list(trials(profiles(), each=15))
    assert len(found) == 15 * len(SPEAKERS)
    assert sum(each.right for each in found) / len(found) >= 0.85
    own = [each.scores[each.speaker] for each in found]
    others = [
        score for each in found for name, score in each.scores.items() if name != each.speaker
    ]
    assert statistics.median(own) > 0.8 > 0.5 > statistics.median(others)


@given(TEXTS)
@settings(max_examples=40, deadline=None)
def test_learning_one_by_one_is_learning_at_once_in_any_order(
    texts: list[tuple[str, Verdict]],
) -> None:
    at_once = learn_all(texts)
    one_by_one = Learned()
    for text, verdict in reversed(texts):
        one_by_one = learn(text, verdict).plus(one_by_one)
    assert one_by_one == at_once
    half = len(texts) // 2
    assert learn_all(texts[:half]).plus(learn_all(texts[half:])) == at_once
    assert at_once.minus(learn_all(texts[half:])) == learn_all(texts[:half])
