"""What a query asks for: the words that say something, and the names among them."""

from __future__ import annotations

import pytest

from datasources.query_words import asked


@pytest.mark.parametrize(
    ("query", "words", "names"),
    [
        ("how to write a cover letter", ["write", "cover", "letter"], []),
        ("Henrike Vossberg", ["henrike", "vossberg"], ["henrike", "vossberg"]),
        ("the NetSuite migration", ["netsuite", "migration"], ["netsuite"]),
        ("HACCP plan", ["haccp", "plan"], ["haccp"]),
        ("error e4417", ["error", "e4417"], ["e4417"]),
        ("Pricing tips", ["pricing", "tips"], []),
        ("How do I get to Oslo", ["get", "oslo"], ["oslo"]),
        ("PRICING TIPS", ["pricing", "tips"], []),
        ("loom Loom", ["loom"], []),
        ("who is who", ["who", "is"], []),
        ("", [], []),
    ],
)
def test_names_are_told_from_words_that_may_be_said_otherwise(
    query: str, words: list[str], names: list[str]
) -> None:
    found = asked(query.split())
    assert (list(found.words), list(found.names)) == (words, names)
