"""The schema is told as graphql-core tells it, beside the loop, and read once."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import graphql
import pytest
from graphql import GraphQLSchema, build_schema, get_introspection_query

from execution.engine import Executor
from execution.introspection import Introspecting
from execution.limits import Limits
from execution.request import GraphQLRequest

SCHEMA = """
type Query { a: A b: String! }
type A { id: ID old: String @deprecated(reason: "It is old.") a: A }
"""
DOCUMENTS = [
    get_introspection_query(),
    '{ __type(name: "A") { name fields { name } } nothing: __type(name: "B") { name } }',
    "{ b x: __schema { ...S } ...F } fragment F on Query { y: __schema { ...S } } "
    "fragment S on __Schema { queryType { name } }",
    'query ($old: Boolean) { __type(name: "A") { fields(includeDeprecated: $old) { name } } }',
    "query ($old: Boolean = true) { __schema @skip(if: $old) { queryType { name } } b }",
    "{ b # __schema\n}",
    "{ __schema { queryType { name } } n: __typename }",
]


@pytest.fixture
def schema() -> GraphQLSchema:
    """A small one."""
    return build_schema(SCHEMA)


def report(error: BaseException, located: object) -> str:
    """Nothing unexpected may happen here."""
    raise AssertionError(error)


async def run(executor: Executor, document: str, **variables: Any) -> Any:
    """The data of one operation."""
    context = SimpleNamespace(extensions={})
    request = GraphQLRequest(document, variables=variables)
    response = await executor.run(request, context, {"b": "text"})
    assert not response.errors
    return response.data


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_it_is_told_as_graphql_core_tells_it(schema: GraphQLSchema, document: str) -> None:
    executor = Executor(schema, limits=Limits(), report=report)
    for old in (False, True, False):
        variables = {"old": old} if "$old" in document else {}
        expected = graphql.graphql_sync(
            schema, document, {"b": "text"}, variable_values=variables
        ).data
        found = await run(executor, document, **variables)
        assert found == expected
        assert list(found) == list(expected or {})


async def test_it_is_read_in_a_thread_and_only_once(
    schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    execute = graphql.Executor.execute_field

    def seen(self: Any, parent: Any, *rest: Any) -> Any:
        if parent is schema.query_type:
            threads.append(threading.current_thread())
        return execute(self, parent, *rest)

    monkeypatch.setattr(graphql.Executor, "execute_field", seen)
    executor = Executor(schema, limits=Limits(), report=report)
    document = "{ __schema { queryType { name } } }"
    before = executor.cache.size
    answers = await asyncio.gather(*(run(executor, document) for _ in range(3)))
    answers.append(await run(executor, document))
    assert answers == [{"__schema": {"queryType": {"name": "Query"}}}] * 4
    assert 1 <= len(threads) <= 3
    assert threading.main_thread() not in threads
    [prepared] = executor.cache._operations.values()
    assert prepared.schema_answers
    assert executor.cache.size - before == prepared.size + prepared.schema_answers.size
    assert prepared.schema_answers.size > 0


def test_an_operation_that_does_not_ask_for_it_is_run_as_ever(schema: GraphQLSchema) -> None:
    executor = Executor(schema, limits=Limits(), report=report)
    prepared = executor.prepare(GraphQLRequest("{ b __typename }"))
    context = SimpleNamespace(extensions={})
    assert prepared.schema_answers is None
    assert not isinstance(executor._build(prepared, {}, context, None), Introspecting)
