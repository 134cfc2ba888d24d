"""Running queries and mutations, with Strawberry's resolvers under graphql-core alone."""

import asyncio

import pytest
from graphql import GraphQLSchema

from execution.errors import RequestRejected
from execution.limits import Limits
from execution.request import GraphQLRequest
from tests.execution.conftest import Desk


async def test_resolvers_of_every_kind_run_without_the_machinery_of_strawberry(desk: Desk) -> None:
    """Contexts, loaders, interfaces, enums, scalars, inputs with defaults."""
    response = await desk.run(
        """query ($at: DateTime!, $input: PostInput!) {
          greeting viewer posts { name author { __typename name } }
          named { __typename name ... on Post { author { name } } }
          colours(colour: RED) when(at: $at) described(input: $input) echo(number: 1)
        }""",
        {"at": "2026-01-02T03:04:05+00:00", "input": {"name": "n", "tags": ["a"]}},
    )
    assert response.errors == []
    assert response.data == {
        "greeting": "hello",
        "viewer": "nobody",
        "posts": [
            {"name": "post 0", "author": {"__typename": "Author", "name": "Ada"}},
            {"name": "post 1", "author": {"__typename": "Author", "name": "Bob"}},
        ],
        "named": [
            {"__typename": "Author", "name": "ada"},
            {"__typename": "Post", "name": "post", "author": {"name": "Ada"}},
        ],
        "colours": ["RED", "BLUE"],
        "when": "2026-01-02T03:04:05+00:00",
        "described": "n RED ['a']",
        "echo": "None/1",
    }


async def test_what_resolvers_say_beside_the_data_is_in_the_extensions(desk: Desk) -> None:
    response = await desk.run("{noted}")
    assert response.body() == b'{"data":{"noted":"noted"},"extensions":{"cost":3}}'
    desk.context.extensions.clear()
    assert (await desk.run("{greeting}")).body() == b'{"data":{"greeting":"hello"}}'


async def test_mutations_run_one_after_another(desk: Desk) -> None:
    """The first takes longest, and is still the first to be noted."""
    response = await desk.run(
        'mutation {a: note(text: "first", seconds: 0.05) b: note(text: "second")}'
    )
    assert response.data == {"a": "first", "b": "second"}
    assert desk.context.log == ["first", "second"]


async def test_a_deadline_cancels_the_work_and_says_so(schema: GraphQLSchema) -> None:
    desk = Desk(schema, Limits(seconds=0.05))
    response = await desk.run("{greeting slow}")
    assert response.data is None
    (error,) = response.errors
    assert error["extensions"] == {"code": "DEADLINE_EXCEEDED"}
    assert desk.context.log == ["slow ended"]
    assert desk.reported == []


async def test_cancelling_the_caller_cancels_the_work(desk: Desk) -> None:
    task = asyncio.create_task(desk.run("{slow}"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert desk.context.log == ["slow ended"]


async def test_a_wait_that_somebody_else_cancels_is_an_error_and_no_silence(desk: Desk) -> None:
    response = await desk.run("{abandoned}")
    assert response.errors[0]["extensions"] == {
        "code": "INTERNAL_SERVER_ERROR",
        "errorId": "err_1",
    }


async def test_an_operation_is_prepared_once_for_each_text_and_name(desk: Desk) -> None:
    text = "query A {greeting} query B {viewer}"
    for _ in range(3):
        assert (await desk.run(text, name="A")).data == {"greeting": "hello"}
        assert (await desk.run(text, name="B")).data == {"viewer": "nobody"}
    assert (desk.executor.cache.misses, desk.executor.cache.hits) == (2, 4)


async def test_a_document_that_was_refused_is_not_kept(desk: Desk) -> None:
    for text in ("{", "{nothing}"):
        assert not (await desk.run(text)).executed
    assert len(desk.executor.cache) == 0


async def test_the_variables_of_a_prepared_operation_differ_from_run_to_run(desk: Desk) -> None:
    text = 'query ($t: String = "none") {echo(text: $t)}'
    assert (await desk.run(text, {"t": "one"})).data == {"echo": "one/None"}
    assert (await desk.run(text, {"t": "two"})).data == {"echo": "two/None"}
    assert (await desk.run(text)).data == {"echo": "none/None"}


async def test_a_subscription_has_no_single_response(desk: Desk) -> None:
    prepared = desk.executor.prepare(GraphQLRequest("subscription {count(to: 1)}"))
    with pytest.raises(RequestRejected) as caught:
        await desk.executor.execute(prepared, {}, desk.context)
    assert caught.value.errors[0]["extensions"]["code"] == "OPERATION_RESOLUTION_FAILURE"


async def test_introspection_and_suggestions_can_be_switched_off(schema: GraphQLSchema) -> None:
    desk = Desk(schema, settings={"introspection": False, "suggestions": False})
    response = await desk.run("{__schema {types {name}} greetin}")
    messages = {error["message"] for error in response.errors}
    assert "Cannot query field 'greetin' on type 'Query'." in messages
    assert any("introspection has been disabled" in message for message in messages)
    assert (await desk.run("{__typename}")).data == {"__typename": "Query"}


async def test_without_suggestions_no_error_names_what_exists(schema: GraphQLSchema) -> None:
    """Fields, arguments, types, enum values and input fields, in documents and variables."""
    desk = Desk(schema, settings={"suggestions": False})
    mistakes: list[tuple[str, dict[str, object]]] = [
        ("{greetin}", {}),
        ("{echo(tex: 1)}", {}),
        ("{colours(colour: REDD)}", {}),
        ("query ($i: PostInpu!) {described(input: $i)}", {}),
        ('{described(input: {name: "a", colou: RED})}', {}),
        ("query ($i: PostInput!) {described(input: $i)}", {"i": {"name": "a", "colou": "RED"}}),
        ("query ($c: Colour!) {colours(colour: $c)}", {"c": "REDD"}),
    ]
    for text, variables in mistakes:
        response = await desk.run(text, variables)
        assert response.errors
        assert "Did you mean" not in response.body().decode(), text


async def test_with_suggestions_a_mistyped_field_is_answered_with_the_right_one(desk: Desk) -> None:
    response = await desk.run("{greetin}")
    assert "Did you mean 'greeting'?" in response.errors[0]["message"]
