"""How long a response may be kept, told from the fields of its operation."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse

from execution.caching import UNCACHED, CachePolicy, policy


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """A graph of which some fields say how long they may be kept."""
    schema = build_schema(
        "type Query { open: Thing closed: Thing silent: Thing }"
        "type Thing { id: ID short: Thing mine: ID secret: ID }"
        "type Mutation { open: Thing }"
    )
    hints = {
        "Query": {"open": CachePolicy(60, True), "closed": CachePolicy(30)},
        "Thing": {"short": CachePolicy(5, True), "mine": CachePolicy(90), "secret": UNCACHED},
        "Mutation": {"open": CachePolicy(60, True)},
    }
    for kind, fields in hints.items():
        for name, hint in fields.items():
            schema.type_map[kind].fields[name].extensions["cache"] = hint  # type: ignore[attr-defined]
    return schema


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ open { id } }", CachePolicy(60, True)),
        ("{ closed { id } }", CachePolicy(30)),
        ("{ open { id } closed { id } }", CachePolicy(30)),
        ("{ open { short { id } } }", CachePolicy(5, True)),
        ("{ open { mine } }", CachePolicy(60)),
        ("{ open { ...F } } fragment F on Thing { short { id } }", CachePolicy(5, True)),
        ("{ open { ... on Thing { secret } } }", UNCACHED),
        ("{ silent { id } }", UNCACHED),
        ("{ open { id } silent { id } }", UNCACHED),
        ("mutation { open { id } }", UNCACHED),
    ],
)
def test_the_least_cacheable_field_decides(
    schema: GraphQLSchema, text: str, expected: CachePolicy
) -> None:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert policy(schema, document, operation) == expected
