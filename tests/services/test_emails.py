"""One account an address, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.emails import email
from services.failures import BadInput


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ada@example.com", "ada@example.com"),
        (" ADA@Example.COM\n", "ada@example.com"),
        ("ada+looms@example.com", "ada+looms@example.com"),
        ("ada@xn--bcher-kva.example", "ada@bücher.example"),
        ("ada@BÜCHER.example", "ada@bücher.example"),
        ("STRASSE@example.com", "strasse@example.com"),
        ("straße@example.com", "strasse@example.com"),
        ("jose\u0301@example.com", "josé@example.com"),
    ],
)
def test_what_is_the_same_address_has_the_same_key(written: str, key: str) -> None:
    found = email("email", written)
    assert found.key == key
    assert found.as_written == written.strip()


@pytest.mark.parametrize(
    "wrong",
    ["", " ", "ada", "@example.com", "ada@", "a b@example.com", "ada@example", "ada@localhost",
     "a" * 65 + "@example.com", "ada@" + "x" * 300 + ".com", "ada@example.com\x00", "a@b@c.com"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(BadInput) as refusal:
        email("email", wrong)
    assert refusal.value.extensions == {
        "field": "email",
        "allowed": "An address, as ada@example.com.",
    }
    assert not wrong.strip() or wrong not in str(refusal.value)


@given(st.text(max_size=40) | st.emails())
def test_any_text_is_an_address_or_is_not(value: str) -> None:
    try:
        found = email("email", value)
    except BadInput:
        return
    found.key.encode()
    assert email("email", found.key).key == found.key
    assert value.strip() not in repr(found) or not value.strip()
