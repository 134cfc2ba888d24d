"""What is told of errors, and what is not."""

from typing import Any

import pytest

from execution.errors import RequestRejected
from execution.request import GraphQLRequest
from execution.response import encode
from tests.execution.conftest import Desk


async def only_error(desk: Desk, query: str) -> dict[str, Any]:
    """The one error in a response."""
    response = await desk.run(query)
    (error,) = response.errors
    return error


async def test_an_expected_failure_is_told_with_its_code_and_details(desk: Desk) -> None:
    assert await only_error(desk, "{missing}") == {
        "message": "No such post.",
        "locations": [{"line": 1, "column": 2}],
        "path": ["missing"],
        "extensions": {"code": "NOT_FOUND", "kind": "post"},
    }
    assert desk.reported == []


@pytest.mark.parametrize("field", ["broken", "declined", "neverNull", "untold"])
async def test_an_unexpected_failure_is_masked_under_an_id_that_the_report_gave(
    desk: Desk, field: str
) -> None:
    """An exception, one of a library, a broken promise, an error of graphql-core without a code."""
    error = await only_error(desk, f"{{{field}}}")
    assert error["message"] == "Internal server error"
    assert error["path"] == [field]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "errorId": "err_1"}
    ((reported, located),) = desk.reported
    assert reported.__traceback__ is not None
    assert located.path == [field]


async def test_the_rest_of_the_response_survives_a_failing_field(desk: Desk) -> None:
    response = await desk.run("{greeting broken missing}")
    assert response.data == {"greeting": "hello", "broken": None, "missing": None}
    assert len(response.errors) == 2
    assert b"hunter2" not in response.body()


async def test_an_error_of_graphql_core_with_a_code_is_told(desk: Desk) -> None:
    error = await only_error(desk, "{told}")
    assert (error["message"], error["extensions"]) == ("Said so.", {"code": "SAID_SO"})


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BAD_REQUEST"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{a(b: 1e)}", "GRAPHQL_PARSE_FAILED"),
        ("{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation {nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("{echo(number: 99999999999)}", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) {echo(number: $n)}", "BAD_USER_INPUT"),
        ("query A {greeting} query B {greeting}", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on Query {greeting}", "OPERATION_RESOLUTION_FAILURE"),
        ("{" + "a" * 60_000 + "}", "DOCUMENT_LIMIT_EXCEEDED"),
    ],
)
async def test_every_refusal_has_its_code_and_no_data(desk: Desk, query: str, code: str) -> None:
    response = await desk.run(query)
    assert {error["extensions"]["code"] for error in response.errors} == {code}
    assert "data" not in response.payload()
    assert desk.reported == []


async def test_an_unknown_operation_is_not_replaced_by_another(desk: Desk) -> None:
    response = await desk.run("query A {greeting}", name="B")
    assert response.errors[0]["extensions"]["code"] == "OPERATION_RESOLUTION_FAILURE"


@pytest.mark.parametrize(
    "variables",
    [
        {"c": "GREEN"},
        {"c": 5},
        {"c": None},
        {"c": "RED", "at": "yesterday"},
        {"c": "RED", "i": {"colour": "RED"}},
        {"c": "RED", "i": {"name": {}}},
        {"c": "RED", "i": {"name": "a", "more": 1}},
    ],
)
async def test_variables_that_do_not_fit_are_bad_user_input(
    desk: Desk, variables: dict[str, object]
) -> None:
    query = """query ($c: Colour!, $at: DateTime = "2026-01-01", $i: PostInput = {name: "a"}) {
      colours(colour: $c) when(at: $at) described(input: $i)
    }"""
    response = await desk.run(query, variables)
    assert {error["extensions"]["code"] for error in response.errors} == {"BAD_USER_INPUT"}
    assert not response.executed
    assert desk.reported == []


async def test_a_value_that_cannot_be_serialised_is_our_fault(desk: Desk) -> None:
    """The number beyond GraphQL's Int is not told either."""
    prepared = desk.executor.prepare(GraphQLRequest("subscription {nullable(fail: true)}"))
    events = await desk.executor.subscribe(prepared, {}, desk.context, lambda: desk.context)
    first = await anext(events)
    assert first.errors[0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert str(2**40).encode() not in first.body()
    assert (await anext(events)).data == {"nullable": 7}
    await events.aclose()


async def test_a_request_without_a_query_is_refused(desk: Desk) -> None:
    with pytest.raises(RequestRejected, match="no 'query'"):
        desk.executor.prepare(GraphQLRequest())


def test_values_that_the_fast_encoder_refuses_are_encoded_all_the_same() -> None:
    assert encode({"n": 2**70, "s": "\ud800"}) == b'{"n":1180591620717411303424,"s":"\\ud800"}'
