"""Admission: what a document may not do is told before it is parsed."""

import pytest
from graphql import get_introspection_query

from execution.admission import admit
from execution.errors import RequestRejected
from execution.limits import Limits

LIMITS = Limits(
    bytes=400, tokens=100, depth=3, aliases=2, repeats=3, directives=2, fields=12, merge_steps=10
)


def passed_limit(document: str) -> str | None:
    """The name of the limit that a document passes, or None where it is admitted."""
    try:
        admit(document, LIMITS)
    except RequestRejected as rejection:
        (error,) = rejection.errors
        assert error["extensions"]["code"] == "DOCUMENT_LIMIT_EXCEEDED"
        limit: str = error["extensions"]["limit"]
        assert error["extensions"]["allowed"] == getattr(LIMITS, limit)
        return limit
    return None


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        ("{a}" + " " * 397, None),
        ("{a}" + " " * 398, "bytes"),
        ("{a(b:[" + "1 " * 91 + "])}", None),
        ("{a(b:[" + "1 " * 92 + "])}", "tokens"),
        ("#\n" * 97 + "{a}", None),
        ("#\n" * 98 + "{a}", "tokens"),
        ("{a{b{c}}}", None),
        ("{a{b{c{d}}}}", "depth"),
        ("{a(b:[[1]])}", None),
        ("{a(b:[[[1]]])}", "depth"),
        ("{a(b:{c:{d:{e:1}}})}", "depth"),
        ("{x:a y:b}", None),
        ("{x:a y:b z:c}", "aliases"),
        ("{x:a} query Q{y:b} query R{z:c}", "aliases"),
        ("{a a a}", None),
        ("{a a a a}", "repeats"),
        ("{x:a a a}", None),
        ("{x:a a a y:a}", "repeats"),
        ("{a @b c @d}", None),
        ("{a @b c @d e @f}", "directives"),
        ("query ($a: Int @b @c @d) {a}", "directives"),
    ],
)
def test_a_document_at_a_limit_is_admitted_and_one_beyond_is_not(
    document: str, limit: str | None
) -> None:
    assert passed_limit(document) == limit


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        ("{a{...F}} fragment F on T{b{c}}", None),
        ("{a{...F}} fragment F on T{b{c{d}}}", "depth"),
        ("{a{...F}} fragment F on T{b{...G}} fragment G on T{c{d}}", "depth"),
        ("fragment G on T{c{d}} {a{...F}} fragment F on T{b{...G}}", "depth"),
        ("{...F ...F ...F} fragment F on T{a b c d}", None),
        ("{...F ...F ...F e} fragment F on T{a b c d}", "fields"),
        (
            "{...A ...A} fragment A on T{...B ...B} fragment B on T{...C ...C} "
            "fragment C on T{...D ...D} fragment D on T{a}",
            "fields",
        ),
    ],
)
def test_fragments_count_as_often_as_they_are_spread(document: str, limit: str | None) -> None:
    assert passed_limit(document) == limit


def test_fragments_that_spread_one_another_are_left_to_validation() -> None:
    """What matters here is that the walk over a cycle ends."""
    assert passed_limit("{...A} fragment A on T{...B} fragment B on T{...A}") is None


def test_inline_fragments_add_no_depth_but_share_the_names_of_their_selection_set() -> None:
    assert passed_limit("{a{b{...on T{...{...@include(if:true){c}}}}}}") is None
    assert passed_limit("{a ...on T{a} ...{a}}") is None
    assert passed_limit("{a ...on T{a} ...{a a}}") == "repeats"


def test_strings_and_comments_are_not_mistaken_for_syntax() -> None:
    assert passed_limit('{a(b:"{{{{ @ @ @ x:y \\" {{{{") c(d:"""{{{{ \\""" "" {{{{""")}') is None
    assert passed_limit("{a #{{{{ @ @ @ x:y\n}") is None


def test_a_comment_hides_nothing_from_the_count() -> None:
    assert passed_limit("{a{...F}} fragment #x\nF on T{b{c{d}}}") == "depth"
    assert passed_limit("{...#x\nF ...F ...F ...F e} fragment F on T{a b c}") == "fields"


def test_words_of_the_grammar_may_be_names() -> None:
    """A fragment `on`, fields called `fragment` and `query`, nothing of which hides a field."""
    document = "{query fragment on ...query} fragment query on on{a a a a}"
    assert passed_limit(document) == "repeats"
    assert passed_limit("query fragment{a{b{c{d}}}}") == "depth"


@pytest.mark.parametrize("document", ["}", "{", "{a}}}}", "...", "fragment", "{:", "{a::}", "("])
def test_documents_that_are_no_graphql_pass_on_to_the_parser(document: str) -> None:
    assert passed_limit(document) is None


def test_the_defaults_admit_the_introspection_of_graphiql() -> None:
    query = get_introspection_query(
        schema_description=True,
        input_value_deprecation=True,
        directive_is_repeatable=True,
        specified_by_url=True,
    )
    assert admit(query, Limits()) < Limits().tokens / 2


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(RequestRejected) as caught:
        admit("{a{b{c{d}}}}", LIMITS)
    assert caught.value.errors[0]["message"] == (
        "The document passes the limit of depth, which is 3. "
        "Split the operation, or move values into variables."
    )
