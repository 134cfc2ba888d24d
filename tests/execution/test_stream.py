"""Subscriptions: a source, a context for each event, and an end that nothing outlives."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from graphql import GraphQLSchema

from execution.errors import RequestRejected
from execution.limits import Limits
from execution.request import GraphQLRequest
from execution.response import Response
from tests.execution.conftest import Desk
from tests.execution.small_graph import Context


async def opened(
    desk: Desk, query: str, contexts: list[Context] | None = None, **variables: object
) -> AsyncGenerator[Response, None]:
    """The responses of a subscription. Each event's context is added to the list."""
    made = contexts if contexts is not None else []

    def renew() -> Context:
        made.append(Context(log=desk.context.log))
        return made[-1]

    prepared = desk.executor.prepare(GraphQLRequest(query))
    return await desk.executor.subscribe(prepared, variables, desk.context, renew)


async def test_each_event_carries_its_own_cursor(desk: Desk) -> None:
    events = await opened(desk, "subscription ($to: Int!) {count(to: $to)}", to=3)
    responses = [response async for response in events]
    assert [response.body() for response in responses] == [
        b'{"data":{"count":%d},"extensions":{"cursor":"%d"}}' % (number, number)
        for number in (1, 2, 3)
    ]
    assert desk.context.log == ["count closed"]


async def test_what_was_said_beside_one_event_is_not_said_again(desk: Desk) -> None:
    events = await opened(desk, "subscription {markedOnce}")
    assert [response.extensions async for response in events] == [{"cursor": "first"}, {}]


async def test_the_deadline_is_that_of_the_making_of_a_source_too(schema: GraphQLSchema) -> None:
    desk = Desk(schema, Limits(seconds=0.05))
    with pytest.raises(RequestRejected) as caught:
        await opened(desk, "subscription {neverOpens}")
    assert caught.value.errors[0]["extensions"]["code"] == "DEADLINE_EXCEEDED"
    assert desk.context.log == ["gave up"]


async def test_each_event_has_a_context_and_loaders_of_its_own(desk: Desk) -> None:
    contexts: list[Context] = []
    events = await opened(desk, "subscription {posts(to: 3) {author {name}}}", contexts)
    responses = [response async for response in events]
    assert {str(response.data) for response in responses} == {
        "{'posts': {'author': {'name': 'Ada'}}}"
    }
    assert len(contexts) == len({id(context.authors) for context in contexts}) == 3


async def test_closing_the_responses_closes_the_source(desk: Desk) -> None:
    events = await opened(desk, "subscription {forever}")
    assert (await anext(events)).data == {"forever": "x"}
    await events.aclose()
    assert desk.context.log == ["forever closed"]


async def test_cancelling_a_listener_closes_a_source_that_waits(desk: Desk) -> None:
    events = await opened(desk, "subscription {silent}")

    async def listen() -> Response:
        return await anext(events)

    task = asyncio.create_task(listen())
    while desk.context.log != ["silent opened"]:  # noqa: ASYNC110 - a list has no event
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert desk.context.log == ["silent opened", "silent closed"]


async def test_a_source_that_refuses_the_listener_says_why(desk: Desk) -> None:
    events = await opened(desk, "subscription {refused}")
    with pytest.raises(RequestRejected) as caught:
        await anext(events)
    (error,) = caught.value.errors
    assert (error["message"], error["extensions"]["code"]) == ("No such channel.", "NOT_FOUND")


async def test_a_source_that_breaks_off_is_told_or_masked_like_any_field(desk: Desk) -> None:
    for expected, code in (("true", "NOT_FOUND"), ("false", "INTERNAL_SERVER_ERROR")):
        events = await opened(desk, f"subscription {{breaks(expected: {expected})}}")
        assert (await anext(events)).data == {"breaks": 1}
        with pytest.raises(RequestRejected) as caught:
            await anext(events)
        assert caught.value.errors[0]["extensions"]["code"] == code
    assert [str(error) for error, _ in desk.reported] == ["password=hunter2"]


async def test_a_source_can_ask_for_the_end_of_the_connection(desk: Desk) -> None:
    events = await opened(desk, "subscription {overrun}")
    await anext(events)
    with pytest.raises(RequestRejected) as caught:
        await anext(events)
    assert caught.value.close_code == 1013


async def test_variables_that_do_not_fit_make_no_source(desk: Desk) -> None:
    with pytest.raises(RequestRejected) as caught:
        await opened(desk, "subscription ($to: Int!) {count(to: $to)}", to="many")
    assert caught.value.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert desk.context.log == []


async def test_only_one_field_may_be_subscribed_to(desk: Desk) -> None:
    with pytest.raises(RequestRejected) as caught:
        await opened(desk, "subscription {count(to: 1) silent}")
    assert caught.value.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_the_deadline_is_that_of_each_event_and_not_of_the_stream(
    schema: GraphQLSchema,
) -> None:
    desk = Desk(schema, Limits(seconds=0.5))
    events = await opened(desk, "subscription {forever}")
    assert (await anext(events)).errors == []
    await asyncio.sleep(0.6)  # the time of one event has to pass
    assert (await anext(events)).errors == []
    await events.aclose()
