"""The order of recommendations: what figures, answers and likeness do to it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.recommendations import RecommendationType, RecommendationVerdict
from services.meanings import Vector
from services.recommendation_candidates import Candidate
from services.recommendation_ranking import Answered, Scored, hidden, ranked, score
from services.trend_topics import rise

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ACCEPT, DISMISS = RecommendationVerdict.ACCEPT, RecommendationVerdict.DISMISS
UNIT = st.floats(0, 1)


def at(degrees: float) -> Vector:
    """A vector of length 1 in a plane."""
    return [math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]


def candidate(
    degrees: float = 0,
    strength: float = 0.5,
    type: RecommendationType = RecommendationType.RELATED,
) -> Candidate:
    """A topic that points somewhere."""
    return Candidate(f"To {degrees}", type, at(degrees), strength, ["A reason."])


def said(
    verdict: RecommendationVerdict,
    degrees: float = 0,
    days: float = 1,
    type: RecommendationType = RecommendationType.RELATED,
) -> Answered:
    """An answer of some days ago."""
    return Answered("rec_1", type, verdict, at(degrees), NOW - timedelta(days=days))


def value(each: Candidate, *answers: Answered) -> float:
    """Its score, half relevant and of unknown potential."""
    return score(each, 0.5, None, answers)


@given(UNIT, UNIT, st.one_of(st.none(), UNIT), st.floats(0, 360))
def test_a_score_is_from_0_to_1_and_rises_with_each_of_its_parts(
    near: float, strength: float, chance: float | None, degrees: float
) -> None:
    answers = [said(ACCEPT, 40), said(DISMISS, 200)]
    own = score(candidate(degrees, strength), near, chance, answers)
    assert 0 <= own <= 1
    assert score(candidate(degrees, 1.0), near, chance, answers) >= own
    assert score(candidate(degrees, strength), 1.0, chance, answers) >= own
    assert score(candidate(degrees, strength), near, 1.0, answers) >= own


def test_what_is_like_an_accepted_topic_rises_and_like_a_dismissed_one_sinks() -> None:
    trend = RecommendationType.TRENDING
    plain = value(candidate(20))
    assert value(candidate(20), said(ACCEPT, 0, type=trend)) > plain
    assert value(candidate(20), said(DISMISS, 0, type=trend)) < plain
    assert value(candidate(90), said(DISMISS, 0, type=trend)) == pytest.approx(plain)
    closer = value(candidate(10), said(DISMISS, 0, type=trend))
    assert closer < value(candidate(50), said(DISMISS, 0, type=trend))


def test_a_kind_of_reason_that_is_taken_counts_for_more() -> None:
    far = [said(ACCEPT, 90) for _ in range(5)]
    assert value(candidate(0), *far) > value(candidate(0))
    other = candidate(0, type=RecommendationType.PROVEN)
    assert value(other, *far) == pytest.approx(value(other))


@pytest.mark.parametrize(
    ("verdict", "days", "gone"),
    [
        (ACCEPT, 29, True),
        (ACCEPT, 31, False),
        (DISMISS, 360, True),
        (DISMISS, 370, False),
        (RecommendationVerdict.LATER, 13, True),
        (RecommendationVerdict.LATER, 15, False),
    ],
)
def test_what_was_answered_and_what_means_the_same_is_hidden_for_a_time(
    verdict: RecommendationVerdict, days: float, gone: bool
) -> None:
    answer = said(verdict, 0, days)
    assert hidden("rec_1", at(90), [answer], NOW) is gone
    assert hidden("rec_2", at(10), [answer], NOW) is gone
    assert hidden("rec_2", at(90), [answer], NOW) is False


def scored(degrees: float, value: float, type: RecommendationType) -> Scored:
    """One that has its score."""
    return Scored(f"rec_{degrees}", candidate(degrees, type=type), 0.5, None, 0, value)


def test_no_two_topics_that_mean_the_same_are_shown_and_kinds_of_reasons_take_turns() -> None:
    gap, trend = RecommendationType.PILLAR_GAP, RecommendationType.TRENDING
    found = [
        scored(0, 0.9, gap),
        scored(5, 0.8, trend),
        scored(90, 0.7, gap),
        scored(92 + 90, 0.65, trend),
    ]
    assert [each.id for each in ranked(found, 10)] == ["rec_0", "rec_182", "rec_90"]


def test_a_part_that_stays_the_same_has_not_risen_however_few_old_entries_are_known() -> None:
    steady, risen = rise(10, 100, 1, 10), rise(10, 100, 1, 100)
    assert steady is not None
    assert risen is not None
    assert steady < 1.0 < 5 < risen
    assert rise(4, 10, 0, 0) is None


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(1, 50))
def test_more_recent_entries_are_never_less_of_a_rise(
    recent: int, more: int, before: int, others: int
) -> None:
    everything = recent + more + others
    less, rest = rise(recent, everything, before, before + others), before + others
    grown = rise(recent + more, everything, before, rest)
    assert less is not None
    assert grown is not None
    assert grown >= less > 0
