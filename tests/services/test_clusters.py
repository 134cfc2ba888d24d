"""Clusters and diversity: rules that hold for any vectors, and a few worlds one can see."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from services.clusters import clusters
from services.diversity import diverse
from services.meanings import cosine

ANGLES = st.lists(st.integers(0, 359), max_size=14)
LEAST = st.floats(-0.9, 0.99)


def at(*degrees: float) -> list[list[float]]:
    """Vectors of length 1 in a plane."""
    return [[math.cos(math.radians(each)), math.sin(math.radians(each))] for each in degrees]


def mean(one: list[int], other: list[int], vectors: list[list[float]]) -> float:
    """The mean cosine between two groups."""
    found = [cosine(vectors[a], vectors[b]) for a in one for b in other]
    return sum(found) / len(found)


def test_what_points_the_same_way_is_together_and_the_largest_comes_first() -> None:
    vectors = at(90, 2, 0, 182, 180, 1)
    assert clusters(vectors, 0.9) == [[1, 2, 5], [3, 4], [0]]


def test_nothing_and_one_are_no_trouble() -> None:
    assert clusters([], 0.5) == []
    assert clusters(at(30), 0.5) == [[0]]


@given(ANGLES, LEAST)
def test_every_vector_is_in_one_group_and_no_two_groups_are_close(
    degrees: list[int], least: float
) -> None:
    vectors = at(*degrees)
    groups = clusters(vectors, least)
    assert sorted(place for group in groups for place in group) == list(range(len(degrees)))
    assert [len(group) for group in groups] == sorted(map(len, groups), reverse=True)
    for number, one in enumerate(groups):
        for other in groups[:number]:
            assert mean(one, other, vectors) < least + 1e-9


@given(ANGLES)
def test_a_higher_bound_never_makes_fewer_groups(degrees: list[int]) -> None:
    vectors = at(*degrees)
    assert len(clusters(vectors, 0.9)) >= len(clusters(vectors, 0.3))


def chosen(scores: list[float], degrees: list[float], most: int, weight: float) -> list[int]:
    """The places that are chosen."""
    vectors = at(*degrees)

    def alike(one: int, other: int) -> float:
        return max(0.0, cosine(vectors[one], vectors[other]))

    return diverse(range(len(scores)), scores.__getitem__, alike, most, weight)


def test_the_second_is_not_like_the_first_although_it_would_score_more() -> None:
    assert chosen([1.0, 0.95, 0.6], [0, 3, 90], 2, 0.7) == [0, 2]
    assert chosen([1.0, 0.95, 0.6], [0, 3, 90], 2, 1.0) == [0, 1]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 359)), max_size=12),
    st.integers(0, 14),
    st.floats(0, 1),
)
def test_the_list_begins_with_the_best_and_holds_each_once(
    found: list[tuple[float, int]], most: int, weight: float
) -> None:
    scores, degrees = [score for score, _ in found], [float(angle) for _, angle in found]
    places = chosen(scores, degrees, most, weight)
    assert len(places) == min(most, len(found)) == len(set(places))
    if places and weight > 0.01:
        assert scores[places[0]] == max(scores)
    assert places == chosen(scores, degrees, len(found), weight)[: len(places)]


@given(st.lists(st.floats(0, 1), max_size=10, unique=True))
def test_without_a_wish_for_diversity_it_is_the_order_of_scores(scores: list[float]) -> None:
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    assert chosen(scores, [0.0] * len(scores), len(scores), 1.0) == order
