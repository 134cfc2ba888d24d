"""Phrases for topics: what somebody would write about, and never a stray word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meanings import Vector
from services.topic_phrases import LONGEST, heading, shortlist
from services.trend_topics import Text, named, topics

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BREAD = [
    "Gluten free bread that rises at last",
    "Why gluten free bread wants psyllium",
    "The best flour for gluten free bread",
]


def test_what_texts_share_is_found_and_stray_words_are_not() -> None:
    found = shortlist(BREAD)
    assert "gluten free bread" in [each.lower() for each in found]
    assert all(len(each.split()) > 1 for each in found)
    assert shortlist(["One text about looms", "Another on pears in wine"]) == []
    assert shortlist(["Alone with one text about gluten free bread"]) == []


@pytest.mark.parametrize(
    ("title", "body", "wanted"),
    [
        ("The price of a chair.", "Words", "The price of a chair"),
        (None, "A knot is not a mistake. It is where a branch was.", "A knot is not a mistake"),
        (None, "#news https://a.example/x Bring it back! Today.", "Bring it back"),
        ("“Quoted as a whole”", "", "Quoted as a whole"),
        ('What "works" means', "", 'What "works" means'),
        ("Breaking", "Two words follow", "Two words follow"),
        (None, "Word", None),
        (None, "long " * 40, None),
    ],
)
def test_one_text_is_headed_by_its_title_or_its_first_sentence(
    title: str | None, body: str, wanted: str | None
) -> None:
    assert heading(title, body) == wanted


@given(st.one_of(st.none(), st.text(max_size=200)), st.text(max_size=300))
def test_a_heading_is_of_several_words_and_never_too_long(title: str | None, body: str) -> None:
    found = heading(title, body)
    assert found is None or (len(found) <= LONGEST and len(found.split()) > 1)


def text(id: str, origin: str, title: str, days: int, vector: Vector) -> Text:
    """An entry."""
    return Text(id, origin, title, "", NOW - timedelta(days=days), vector)


def test_topics_count_by_origin_and_age_and_are_named_by_what_they_share() -> None:
    texts = [
        text("a", "one", BREAD[0], 1, [1.0, 0.0]),
        text("b", "two", BREAD[1], 2, [0.96, 0.28]),
        text("c", "one", BREAD[2], 20, [0.96, -0.28]),
        text("d", "two", "A chair alone", 3, [0.0, 1.0]),
    ]
    (bread,) = topics(texts, NOW - timedelta(days=7))
    assert bread.shares == {"one": (1, 1), "two": (1, 0)}
    assert list(bread.entries) == ["a", "b", "c"]
    found = named(bread)
    assert found is not None
    assert len(found[0].split()) > 1
    last = [[0.0, 1.0] for _ in bread.names[1:]] + [[1.0, 0.0]]
    closest = named(bread, last)
    assert closest is not None
    assert closest[0] == bread.names[-1]


def test_texts_that_share_no_phrase_are_named_by_the_one_in_the_middle() -> None:
    texts = [
        text("a", "one", "Pears cooked in wine", 1, [0.8, 0.6]),
        text("b", "two", "An autumn dessert", 1, [1.0, 0.0]),
        text("c", "two", "Fruit for guests", 1, [0.8, -0.6]),
    ]
    (fruit,) = topics(texts, NOW)
    found = named(fruit)
    assert found is not None
    assert found[0] == "An autumn dessert"


def test_a_copy_makes_no_topic() -> None:
    texts = [
        text("a", "one", "A bar with a radio, badly tuned", 1, [1.0, 0.0]),
        text("b", "two", "A bar with a  radio, badly tuned", 1, [1.0, 0.0]),
    ]
    assert topics(texts, NOW) == []
