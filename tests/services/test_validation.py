"""What may be written into a field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.failures import BadInput
from services.validation import optional_text, page_limit, page_offset, text, time_zone


def test_one_line_is_kept_without_the_spaces_around_it() -> None:
    assert text("name", "  Ada Lovelace ", least=1, most=20) == "Ada Lovelace"


def test_several_lines_are_kept_and_their_ends_become_one_character() -> None:
    assert text("body", " a\r\nb\rc\t", most=20, lines=True) == " a\nb\nc\t"


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0\u2003"])
def test_a_blank_text_is_refused_where_something_is_needed(blank: str) -> None:
    with pytest.raises(BadInput) as refusal:
        text("name", blank, least=1, most=20)
    assert refusal.value.extensions == {"field": "name", "allowed": "1 to 20 characters."}


def test_too_long_a_text_is_refused_with_what_is_allowed() -> None:
    assert text("name", "x" * 20, most=20)
    with pytest.raises(BadInput, match="21 characters") as refusal:
        text("name", "x" * 21, most=20)
    assert refusal.value.extensions["allowed"] == "At most 20 characters."


@pytest.mark.parametrize(
    "bad", ["a\x00b", "a\x1bb", "a\x7fb", "a\nb", "a\tb", "a\u2028b", "a\ud800b", "a\u202eb"]
)
def test_characters_that_cannot_be_shown_on_one_line_are_refused(bad: str) -> None:
    with pytest.raises(BadInput, match=r"U\+"):
        text("name", bad, most=20)


@pytest.mark.parametrize("bad", ["a\x00b", "a\x0bb", "a\ud800b"])
def test_control_characters_are_refused_in_several_lines_too(bad: str) -> None:
    with pytest.raises(BadInput, match=r"U\+"):
        text("body", bad, most=20, lines=True)


@given(st.text(max_size=60), st.booleans())
def test_what_is_taken_can_be_stored_and_is_taken_again_unchanged(value: str, lines: bool) -> None:
    try:
        kept = text("field", value, most=50, lines=lines)
    except BadInput:
        return
    kept.encode()
    assert len(kept) <= 50
    assert text("field", kept, most=50, lines=lines) == kept


def test_an_optional_text_that_is_blank_is_none() -> None:
    assert optional_text("bio", None, most=10) is None
    assert optional_text("bio", " \n ", most=10, lines=True) is None
    assert optional_text("bio", " x ", most=10) == "x"


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
def test_time_zones_are_known_by_name(name: str) -> None:
    assert time_zone("timeZone", name) == name


@pytest.mark.parametrize("name", ["", "utc ", "Mars/Olympus", "../UTC", "/etc/passwd", "UTC\x00"])
def test_other_time_zones_are_refused(name: str) -> None:
    with pytest.raises(BadInput, match="time zone"):
        time_zone("timeZone", name)


@pytest.mark.parametrize("limit", [0, -1, 101, 2**31])
def test_a_limit_that_is_negative_or_huge_is_refused(limit: int) -> None:
    with pytest.raises(BadInput, match="limit is out of range"):
        page_limit("limit", limit)


def test_limits_and_offsets_have_defaults() -> None:
    assert (page_limit("limit", None), page_limit("limit", 100)) == (20, 100)
    assert (page_offset("offset", None), page_offset("offset", 10_000)) == (0, 10_000)
    with pytest.raises(BadInput, match="offset is out of range"):
        page_offset("offset", -1)
