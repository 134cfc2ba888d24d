"""What fields cost and how long they may be kept is declared beside them, and reaches execution."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, get_named_type, parse

from execution.caching import CachePolicy
from execution.cost import Price
from execution.pricing import pricing
from schema.root import build

SCHEMA = build()._schema


def price(text: str) -> Price:
    """What an operation may cost without variables."""
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return pricing(SCHEMA, document, operation).price({})


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ me { id email } }", 1),
        ("{ exportMyData }", 100),
        ("mutation { logout }", 10),
        ('mutation { generateContent(input: {topic: "t", platform: FEED}) { id } }', 100),
        ("{ contents { id author { id } } }", 40),
        ("{ contentConnection(first: 5) { edges { node { id } } pageInfo { endCursor } } }", 6),
        ("{ recommendations { topics { id } } }", 61),
    ],
)
def test_fields_cost_what_they_declare_and_else_what_their_kind_costs(text: str, cost: int) -> None:
    assert price(text).cost == cost


def test_only_queries_say_that_they_may_be_kept_and_only_for_the_one_who_asked() -> None:
    kept = {
        f"{kind.name}.{name}": field.extensions["cache"]
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if "cache" in field.extensions
    }
    assert kept
    assert all(name.startswith("Query.") for name in kept)
    assert set(kept.values()) == {CachePolicy(0, public=False)}


def test_every_page_of_the_graph_is_sized_by_its_arguments() -> None:
    """A connection whose page nothing sizes would be priced by a guess."""
    for kind in SCHEMA.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for name, field in kind.fields.items():
                if "edges" in getattr(get_named_type(field.type), "fields", ()):
                    backward = {"last", "before"} & field.args.keys()
                    sizes = {"first", "last"} if backward else {"first"}
                    assert sizes <= field.args.keys(), f"{kind.name}.{name}"
