"""A profile tells its author from seven others, by texts of other years."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.voice import Verdict
from services.voice_learning import Learned, learn, learn_all
from tests.services.author_topics import without_topics
from tests.services.author_trials import interval, share, trials
from tests.services.speakers import SPEECHES, held_out

spoken = pytest.mark.skipif(
    not SPEECHES.is_dir(), reason="run 'npm ci' in tests/services/speeches first"
)
LEAST, ELSEWHERE, UNREADABLE = 0.78, 0.5, 0.5
"""Of eight, in how many passages the right one wins at least: of all, of those whose topic points
to somebody else, and when words of substance cannot be read. docs/voice.md has how many it is.
"""
TEXTS = st.lists(
    st.tuples(
        st.text("we never said that, did I? 42 #tag\n", min_size=1, max_size=60),
        st.sampled_from(Verdict),
    ),
    max_size=6,
)


@spoken
def test_the_right_one_of_eight_profiles_wins_in_most_passages_of_other_years() -> None:
    among = held_out()[:16:2]
    found = list(trials(among, each=6, letters=5000))
    assert {each.speaker for each in found} == set(among)
    assert all(100 <= each.words <= 200 for each in found)
    assert share(found, among) >= 0.7
    own = [each.scores[each.speaker] for each in found]
    others = [each.scores[name] for each in found for name in among if name != each.speaker]
    assert statistics.median(own) > 0 > statistics.median(others)


@spoken
@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_right_profile_wins_against_any_seven_and_against_the_topic() -> None:
    names = held_out()
    found = list(trials(names, each=20))
    low, _ = interval([each.in_eights() for each in found])
    assert low >= LEAST
    elsewhere = [each for each in found if each.topic_says != each.speaker]
    low, _ = interval([each.in_eights() for each in elsewhere])
    assert low >= ELSEWHERE
    masked = trials(names, each=10, spelling=without_topics)
    low, _ = interval([each.in_eights() for each in masked])
    assert low >= UNREADABLE


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
