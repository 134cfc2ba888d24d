"""What is computed from a body, counted as the platforms count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.content import Platform
from services.text import length_on, metadata, weighted_length, weights


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ("", 0),
        ("hello", 5),
        ("caf\u00e9", 4),
        ("cafe\u0301", 4),
        ("\u65e5\u672c\u8a9e", 6),
        ("see https://example.com/a/very/long/path?with=query#and-hash", 4 + 23),
        ("https://a.co https://b.co", 23 + 1 + 23),
        ("\U0001f44d", 2),
        ("\U0001f44d\U0001f3fd", 2),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 2),
        ("\U0001f1e9\U0001f1ea", 2),
        ("1\ufe0f\u20e3", 2),
        ("\u2018quoted\u2019 \u2014 \u2026", 6 + 2 + 1 + 1 + 1 + 2),
        ("a\r\nb", 4),
    ],
)
def test_x_counts_characters_by_weight(body: str, length: int) -> None:
    """Links are 23, emoji 2, wide scripts 2 each, the rest 1, after composition."""
    assert weighted_length(body) == length


@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_plain_text_is_as_long_as_it_is(body: str) -> None:
    """The short cut for ASCII gives what counting grapheme by grapheme gives."""
    if "://" not in body:
        assert weighted_length(body) == sum(weights(body)) == len(body)


def test_linkedin_counts_utf_16_units() -> None:
    """An emoji outside the first plane is two."""
    assert length_on(Platform.LINKEDIN, "a\U0001f44d") == 3


def test_hashtags_and_mentions_are_found_once_each_and_not_in_links() -> None:
    """Whatever their case, in the order of first use."""
    found = metadata(
        "#One #two #ONE a#no @Ada, @ada @b.c see https://x.com/#frag/@who mail@x.com #1"
    )
    assert found.hashtags == ["One", "two"]
    assert found.mentions == ["Ada", "b.c"]


@given(st.text(max_size=300))
def test_any_text_has_metadata(body: str) -> None:
    """Nothing that a person can write makes it fail, and no count is negative."""
    found = metadata(body)
    assert found.word_count >= 0
    assert found.reading_time >= 0
    assert all(length.length >= 0 for length in found.lengths)
