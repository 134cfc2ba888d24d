"""What an operation may cost, and what it did cost."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse

from execution.cost import Price, Pricing, affordable
from execution.errors import RequestRejected
from execution.limits import Limits
from execution.pricing import pricing

SDL = """
interface Node { id: ID! }
type Author implements Node { id: ID! name: String posts(first: Int): PostConnection }
type Post implements Node { id: ID! author: Author tags: [String!] comments: [Comment!] }
type Comment { id: ID! author: Author }
type PostConnection { edges: [PostEdge!] nodes: [Post!] pageInfo: PageInfo! total: Int }
type PostEdge { cursor: String! node: Post! }
type PageInfo { hasNextPage: Boolean! }
type Query {
  me: Author
  node(id: ID): Node
  posts(limit: Int): [Post!]
  some(first: Int = 3): [Post!]
  page(first: Int, last: Int): PostConnection!
  search: [Post!]
  report: String
}
type Mutation { publish(id: ID): Post remove: Boolean }
type Subscription { published: Post }
"""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """A graph whose `search` weighs 5, gives 4, and whose `report` weighs 7."""
    schema = build_schema(SDL)
    assert schema.query_type is not None
    schema.query_type.fields["search"].extensions.update({"cost": 5, "size": 4})
    schema.query_type.fields["report"].extensions["cost"] = 7
    return schema


def prices(schema: GraphQLSchema, text: str) -> Pricing:
    """The prices of the first operation of a document."""
    document = parse(text)
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    return pricing(schema, document, operation)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ __typename }", 0),
        ("{ me { id name } }", 1),
        ("{ a: me { id } b: me { id } }", 2),
        ("{ posts(limit: 7) { id tags } }", 7),
        ("{ posts(limit: 7) { author { id } } }", 14),
        ("{ posts { id } }", 20),
        ("{ some { id } }", 3),
        ("{ me { id } me { name } }", 1),
        ("{ ...F me { name } } fragment F on Query { me { id } }", 1),
        ("{ page(first: 5) { edges { cursor node { id } } pageInfo { hasNextPage } } }", 6),
        ("{ page(last: 5) { nodes { id author { id } } } }", 11),
        ("{ page(first: 5) { total } }", 1),
        ("{ me { posts(first: 2) { edges { node { comments { author { id } } } } } } }", 44),
        ("{ search { id } }", 9),
        ("{ report }", 7),
        (
            "{ node { id ... on Post { author { id } }"
            " ... on Author { posts(first: 9) { nodes { id } } } } }",
            11,
        ),
        ("mutation { publish { id author { id } } }", 11),
        ("mutation { remove }", 10),
        ("subscription { published { id } }", 10),
        ("{ __schema { types { name fields { name } } } }", 10),
    ],
)
def test_objects_cost_one_as_often_as_lists_are_long(
    schema: GraphQLSchema, text: str, cost: int
) -> None:
    assert prices(schema, text).price({}).cost == cost


@pytest.mark.parametrize(
    ("variables", "cost"),
    [
        ({"n": 5}, 5),
        ({}, 9),
        ({"n": None}, 20),
        ({"n": "many"}, 20),
        ({"n": [1]}, 20),
        ({"n": -3}, 0),
        ({"n": True}, 20),
        ({"n": 1_000}, 1_000),
        ({"n": 10**12}, 1_000),
    ],
)
def test_a_variable_sizes_a_list_as_the_client_sent_it(
    schema: GraphQLSchema, variables: dict[str, Any], cost: int
) -> None:
    """Up to what no page exceeds: beyond that the field refuses it, and says what is allowed."""
    made = prices(schema, "query($n: Int = 9) { posts(limit: $n) { id } }")
    assert made.price(variables).cost == cost
    assert made.price(variables).cost == cost


def test_weights_count_in_the_cost_and_not_among_the_objects(schema: GraphQLSchema) -> None:
    assert prices(schema, "{ search { id } report }").price({}) == Price(16, 4)
    assert prices(schema, "mutation { publish { id } }").price({}) == Price(10, 1)


def test_the_larger_of_two_sizes_counts(schema: GraphQLSchema) -> None:
    made = prices(schema, "query($a: Int) { page(first: $a, last: 4) { nodes { id } } }")
    assert made.price({"a": 2}).cost == 5
    assert made.price({"a": 6}).cost == 7


@pytest.mark.parametrize(
    ("text", "data", "cost"),
    [
        ("{ me { id } }", {"me": None}, 0),
        ("{ me { id } }", {"me": {"id": 1}}, 1),
        (
            "{ posts { id author { id } } }",
            {"posts": [{"id": 1, "author": None}, {"id": 2, "author": {"id": 3}}]},
            3,
        ),
        (
            "{ page { edges { node { id author { id } } } pageInfo { hasNextPage } } }",
            {"page": {"edges": [{"node": {"id": 1, "author": {"id": 1}}}], "pageInfo": {}}},
            3,
        ),
        ("{ search { id } report }", {"search": [], "report": None}, 12),
        ("mutation { publish { id author { id } } }", {"publish": None}, 10),
        ("{ node { id ... on Post { author { id } } } }", {"node": {"id": 1, "author": {}}}, 2),
        ("{ me { id } }", None, 0),
    ],
)
def test_what_came_back_is_counted_by_the_same_rules(
    schema: GraphQLSchema, text: str, data: object, cost: int
) -> None:
    assert prices(schema, text).spent(data) == cost


@pytest.mark.parametrize(
    ("price", "code"),
    [(Price(10, 1001), "NODE_LIMIT_EXCEEDED"), (Price(101, 10), "COST_LIMIT_EXCEEDED")],
)
def test_an_operation_beyond_a_limit_is_refused_with_its_code(price: Price, code: str) -> None:
    limits = Limits(cost=100, nodes=1000)
    with pytest.raises(RequestRejected) as refused:
        affordable(price, limits)
    assert refused.value.errors[0]["extensions"]["code"] == code
    assert affordable(Price(100, 1000), limits) == Price(100, 1000)


def test_nested_kinds_are_priced_in_no_time(schema: GraphQLSchema) -> None:
    inner = "id"
    for _ in range(6):
        post = f"... on Post {{ author {{ {inner} }} }}"
        inner = f"id {post} ... on Author {{ posts {{ nodes {{ {inner} }} }} }}"
    assert len(prices(schema, f"{{ node {{ {inner} }} }}").parts) == 1
