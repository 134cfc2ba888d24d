"""Posts composed offline read as somebody would write them."""

from __future__ import annotations

import re

import pytest

from datasources.content import ContentType, Platform
from services.post_brief import PostBrief
from services.post_composer import compose
from services.post_rules import hashtag
from services.post_words import whom


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (
            "People who make coffee at home. They struggle with it.",
            "people who make coffee at home",
        ),
        ("founders", "founders"),
        ("NHS nurses.", "NHS nurses"),
        ("iPhone developers", "iPhone developers"),
        ("Managers of teams under 3.5 people", "managers of teams under 3.5 people"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_an_audience_is_named_within_a_sentence(described: str, words: str) -> None:
    assert whom(described) == words


@pytest.mark.parametrize("type", ContentType)
@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize("audience", ["", "People who bake. They have no time.", "founders"])
def test_no_sentence_ends_twice_or_begins_in_the_middle(
    type: ContentType, platform: Platform, audience: str
) -> None:
    brief = PostBrief(
        topic="why small teams should write things down",
        type=type,
        platform=platform,
        audience=audience,
        versions=3,
    )
    made = compose(brief).versions
    assert len({each.body for each in made}) == 3
    for each in made:
        assert not re.search(r"[.!?]\.(?!\.)", each.body), each.body
        assert not re.search(r"\b[Ff]or (People|Founders)", each.body), each.body
        assert "They have no time" not in each.body


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        ("why small teams should write things down", "WriteThings"),
        ("the price of coffee", "Coffee"),
        ("Sourcing", "Sourcing"),
    ],
)
def test_a_hashtag_says_what_a_phrase_is_about(source: str, tag: str) -> None:
    assert hashtag(source) == tag
