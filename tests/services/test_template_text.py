"""The text of templates: gaps, and what they are filled with."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.failures import BadInput
from services.template_text import MOST, Value, check, fill, values_of, variables

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True)
PLAIN = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs", "Cc"]))


def test_variables_are_named_once_in_the_order_of_first_use() -> None:
    assert variables(["{{b}} and {{ a }}", "{{b}}{{c_1}}"]) == ["b", "a", "c_1"]


def test_braces_that_name_nothing_are_text() -> None:
    text = "{a} {{ {{}} }} }} {{two\nlines}}"
    assert variables([text]) == [""]
    assert variables(["{a} }} {{ {{two\nlines}}"]) == []


@pytest.mark.parametrize(
    "wrong", ["{{}}", "{{ }}", "{{first name}}", "{{1st}}", "{{a.b}}", "{{é}}"]
)
def test_a_gap_without_a_proper_name_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check("body", f"Hello {wrong}")
    assert refusal.value.extensions["field"] == "body"


def test_there_are_only_so_many_variables() -> None:
    check("body", " ".join(f"{{{{v{number}}}}}" for number in range(MOST)))
    with pytest.raises(BadInput, match="51 variables"):
        check("body", " ".join(f"{{{{v{number}}}}}" for number in range(MOST + 1)))


def test_a_value_is_never_taken_for_a_template() -> None:
    values = values_of(["{{a}} {{b}}"], [Value("a", "{{b}} \\1 \\g<0>"), Value("b", "x")])
    assert fill("{{a}} {{b}}", values) == "{{b}} \\1 \\g<0> x"


def test_what_is_missing_unknown_twice_or_unprintable_is_refused_with_its_field() -> None:
    def refused(*given: tuple[str, str]) -> str:
        with pytest.raises(BadInput) as refusal:
            values_of(["{{a}} {{b}}"], [Value(name, value) for name, value in given])
        field: str = refusal.value.extensions["field"]
        return field

    assert refused(("a", "1")) == "variables.b"
    assert refused(("a", "1"), ("b", "2"), ("c", "3")) == "variables"
    assert refused(("a", "1"), ("a", "2")) == "variables"
    assert refused(("a", "1"), ("b", "\x00")) == "variables.b"
    assert refused(("a", "1"), ("b", "x" * 20_001)) == "variables.b"


@given(st.lists(st.tuples(PLAIN, NAMES)), PLAIN, st.text())
def test_filling_joins_the_text_and_the_values(
    parts: list[tuple[str, str]], end: str, value: str
) -> None:
    template = "".join(f"{plain}{{{{{name}}}}}" for plain, name in parts) + end
    values = {name: f"{value}{name}" for _, name in parts}
    assert fill(template, values) == "".join(f"{p}{values[n]}" for p, n in parts) + end
    assert variables([template]) == list(dict.fromkeys(name for _, name in parts))


@pytest.mark.parametrize("unit", ["{{", "{{ ", "{", " ", "{{a", "{{a}} "])
def test_a_long_text_is_read_in_time_that_grows_with_it_and_no_faster(unit: str) -> None:
    text = "{{" + unit * (100_000 // len(unit))
    begun = time.thread_time()
    variables([text])
    assert time.thread_time() - begun < 1
