"""The graphql-transport-ws protocol, message by message, with raw frames."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.server.graphql_site import PATIENCES, Site, serving, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_site() -> AsyncIterator[Site]:
    """The small graph on a port."""
    async with serving() as running:
        yield running


@pytest.fixture
def site(one_site: Site) -> Site:
    """The same server for all tests, with nothing left of the one before."""
    one_site.world.clear()
    return one_site


# The handshake


@pytest.mark.parametrize("offered", [["graphql-ws"], ["graphql-ws", "other"], None])
async def test_a_client_of_another_protocol_is_closed_with_4406(
    site: Site, offered: list[str] | None
) -> None:
    """The legacy protocol is one of those."""
    names = [Subprotocol(name) for name in offered] if offered else None
    async with site.raw_socket(subprotocols=names) as socket:
        code, reason = await socket.closed()
    assert code == 4406
    assert "graphql-transport-ws" in reason


async def test_our_protocol_is_chosen_among_others(site: Site) -> None:
    names = [Subprotocol("graphql-ws"), Subprotocol("graphql-transport-ws")]
    async with site.raw_socket(subprotocols=names) as socket:
        assert socket.connection.subprotocol == "graphql-transport-ws"


async def test_frames_are_not_compressed_even_for_clients_that_offer_it(site: Site) -> None:
    async with site.raw_socket(compression="deflate") as socket:
        assert socket.connection.response is not None
        assert "sec-websocket-extensions" not in socket.connection.response.headers


# Initialisation


@pytest.mark.parametrize(
    "message",
    [
        {"type": "connection_init"},
        {"type": "connection_init", "payload": None},
        {"type": "connection_init", "payload": {}},
        {"type": "connection_init", "payload": {"any": ["thing"]}},
    ],
)
async def test_a_connection_is_acknowledged(site: Site, message: dict[str, object]) -> None:
    async with site.raw_socket() as socket:
        await socket.send(**message)
        assert await socket.receive() == {"type": "connection_ack"}


async def test_a_client_that_never_initialises_is_closed_with_4408() -> None:
    async with serving(init_seconds=0.1) as site, site.raw_socket() as socket:
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_a_client_that_initialised_is_not_closed_by_that_timeout() -> None:
    for seconds in PATIENCES:
        async with serving(init_seconds=seconds) as site, site.raw_socket() as socket:
            await socket.send(type="connection_init")
            try:
                assert await socket.receive() == {"type": "connection_ack"}
            except ConnectionClosed:
                continue  # it came too late
            await asyncio.sleep(seconds + 0.1)  # the timeout has to pass
            await socket.send(type="ping")
            assert await socket.receive() == {"type": "pong"}
            return
    raise AssertionError("a client is closed however soon it initialises")


async def test_a_second_initialisation_is_closed_with_4429(site: Site) -> None:
    async with site.socket() as socket:
        await socket.send(type="connection_init")
        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_an_operation_before_the_acknowledgement_is_closed_with_4401(site: Site) -> None:
    async with site.raw_socket() as socket:
        await socket.subscribe("1", "{greeting}")
        assert await socket.closed() == (4401, "Unauthorized")
    assert site.world.contexts == 0


@pytest.mark.parametrize(
    ("token", "code", "reason"),
    [
        ("bad", 4403, "The token is not valid: log in again."),
        ("away", 1013, "Try again later."),
        ("crash", 4500, "Internal server error"),
    ],
)
async def test_a_client_that_cannot_be_authenticated_is_closed(
    site: Site, token: str, code: int, reason: str
) -> None:
    async with site.raw_socket() as socket:
        await socket.send(type="connection_init", payload={"accessToken": token})
        assert await socket.closed() == (code, reason)
    assert [str(error) for error in site.world.reported] == ["password=hunter2"] * (code == 4500)


@pytest.mark.parametrize(
    "params",
    [
        {"accessToken": "ann"},
        {"token": "ann"},
        {"authorization": "Bearer ann"},
        {"Authorization": "Bearer ann"},
        {"headers": {"Authorization": "Bearer ann"}},
    ],
)
async def test_a_token_may_be_named_in_the_ways_of_the_common_clients(
    site: Site, params: dict[str, object]
) -> None:
    async with site.socket(params) as socket:
        await socket.subscribe("1", "{viewer}")
        assert (await socket.receive())["payload"] == {"data": {"viewer": "ann"}}
    (seen,) = site.world.credentials
    assert seen.connection_params == params


async def test_the_header_of_the_handshake_counts_where_the_payload_has_no_token(
    site: Site,
) -> None:
    headers = {"authorization": "Bearer bob", "user-agent": "me"}
    async with site.socket(additional_headers=headers) as socket:
        await socket.subscribe("1", "{viewer}")
        assert (await socket.receive())["payload"] == {"data": {"viewer": "bob"}}
    assert site.world.credentials[0].address == "127.0.0.1"


# Pings


@pytest.mark.parametrize("payload", [{"a": [1, {"b": None}]}, {}])
async def test_a_ping_is_answered_with_its_payload(site: Site, payload: dict[str, object]) -> None:
    async with site.raw_socket() as socket:
        await socket.send(type="ping", payload=payload)
        assert await socket.receive() == {"type": "pong", "payload": payload}


async def test_a_ping_without_payload_is_answered_without_one(site: Site) -> None:
    async with site.socket() as socket:
        for message in ({"type": "ping"}, {"type": "ping", "payload": None}):
            await socket.send(**message)
            assert await socket.receive() == {"type": "pong"}


async def test_a_pong_that_nobody_asked_for_is_welcome(site: Site) -> None:
    async with site.raw_socket() as socket:
        await socket.send(type="pong")
        await socket.send(type="pong", payload={"a": 1})
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


# What is no message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "{",
        "null",
        "5",
        '"x"',
        "[1]",
        "{}",
        '{"type": 5}',
        '{"type": null}',
        '{"type": "unknown"}',
        '{"type": "start", "id": "1", "payload": {"query": "{greeting}"}}',
        '{"type": "connection_ack"}',
        '{"type": "next", "id": "1", "payload": {}}',
        '{"type": "error", "id": "1", "payload": []}',
        '{"type": "connection_init", "payload": 5}',
        '{"type": "connection_init", "payload": []}',
        '{"type": "ping", "payload": "x"}',
        '{"type": "pong", "payload": 0}',
        '{"type": "complete"}',
        '{"type": "complete", "id": 1}',
        '{"type": "complete", "id": ""}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "payload": {"query": "{greeting}"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{greeting}"}}',
        '{"type": "subscribe", "id": [1], "payload": {"query": "{greeting}"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{greeting}", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{greeting}", "extensions": 5}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{greeting}", "operationName": 5}}',
        '{"type": "ping", "payload": ' + '{"a":' * 5000 + "1" + "}" * 5001,
    ],
)
async def test_a_message_that_is_none_is_closed_with_4400(site: Site, text: str) -> None:
    async with site.socket() as socket:
        await socket.connection.send(text)
        code, reason = await socket.closed()
    assert code == 4400
    assert reason.startswith("Invalid message")
    assert site.world.reported == []


async def test_a_binary_frame_is_closed_with_4400(site: Site) -> None:
    async with site.socket() as socket:
        await socket.connection.send(b'{"type": "ping"}')
        assert (await socket.closed())[0] == 4400


async def test_a_message_beyond_the_limit_is_closed_with_1009() -> None:
    async with serving(body_bytes=1000) as site, site.socket() as socket:
        await socket.send(type="ping", payload={"a": "x" * 900})
        await socket.receive()
        await socket.send(type="ping", payload={"a": "x" * 1000})
        assert (await socket.closed())[0] == 1009


# Operations


async def test_a_query_has_one_result_and_completes(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("q", "{greeting}")
        assert await socket.receive() == {
            "id": "q",
            "type": "next",
            "payload": {"data": {"greeting": "hello"}},
        }
        assert await socket.receive() == {"id": "q", "type": "complete"}


async def test_variables_operation_names_and_nulls_are_taken(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe(
            "1",
            "query A($t: String) {echo(text: $t)} query B {greeting}",
            variables={"t": "x"},
            operationName="A",
            extensions={"any": "thing"},
        )
        assert (await socket.receive())["payload"] == {"data": {"echo": "x/None"}}
        await socket.receive()
        await socket.subscribe(
            "1", "{greeting}", variables=None, operationName=None, extensions=None
        )
        assert (await socket.receive())["payload"] == {"data": {"greeting": "hello"}}


async def test_an_id_may_be_any_text(site: Site) -> None:
    async with site.socket() as socket:
        for id in ('"}\n\\', "ü" * 100, " "):
            await socket.subscribe(id, "{greeting}")
            assert (await socket.receive())["id"] == id
            assert await socket.receive() == {"id": id, "type": "complete"}


async def test_a_subscription_has_many_results_with_what_is_beside_their_data(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("s", "subscription {count(to: 2)}")
        for number in (1, 2):
            assert await socket.receive() == {
                "id": "s",
                "type": "next",
                "payload": {"data": {"count": number}, "extensions": {"cursor": str(number)}},
            }
        assert await socket.receive() == {"id": "s", "type": "complete"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) {echo(number: $n)}", "BAD_USER_INPUT"),
        ("subscription ($n: Int!) {count(to: $n)}", "BAD_USER_INPUT"),
        ("query A {greeting} query B {greeting}", "OPERATION_RESOLUTION_FAILURE"),
        ("{" + "greeting " * 100 + "}", "DOCUMENT_LIMIT_EXCEEDED"),
        ("subscription {refused}", "NOT_FOUND"),
        (None, "BAD_REQUEST"),
    ],
)
async def test_an_operation_that_cannot_run_ends_alone(
    site: Site, query: str | None, code: str
) -> None:
    async with site.socket() as socket:
        await socket.subscribe("bad", query)
        message = await socket.receive()
        assert (message["id"], message["type"]) == ("bad", "error")
        assert message["payload"][0]["extensions"]["code"] == code
        await socket.subscribe("bad", "{greeting}")
        assert (await socket.receive())["payload"] == {"data": {"greeting": "hello"}}


async def test_a_field_that_fails_is_part_of_a_result(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "{missing}")
        message = await socket.receive()
        assert message["type"] == "next"
        assert message["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        assert (await socket.receive())["type"] == "complete"


@pytest.mark.parametrize(
    ("expected", "code"), [("true", "NOT_FOUND"), ("false", "INTERNAL_SERVER_ERROR")]
)
async def test_a_source_that_breaks_off_ends_its_operation_with_an_error(
    site: Site, expected: str, code: str
) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", f"subscription {{breaks(expected: {expected})}}")
        assert (await socket.receive())["type"] == "next"
        message = await socket.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == code
        assert "hunter2" not in str(message)


async def test_operations_run_side_by_side(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("slow", "{slow(seconds: 3600)}")
        await socket.subscribe("silent", "subscription {silent}")
        await socket.subscribe("quick", "{greeting}")
        assert (await socket.receive())["id"] == "quick"


async def test_an_id_in_use_is_closed_with_4409(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {silent}")
        await until(lambda: site.world.log == ["silent opened"])
        await socket.subscribe("1", "{greeting}")
        assert await socket.closed() == (4409, "Subscriber for 1 already exists")
    await until(lambda: site.world.log == ["silent opened", "silent closed"])


async def test_a_reason_is_cut_where_a_close_frame_ends(site: Site) -> None:
    """In whole characters, of which this id's have two bytes each."""
    async with site.socket() as socket:
        for _ in range(2):
            await socket.subscribe("ü" * 500, "subscription {silent}")
        code, reason = await socket.closed()
    assert code == 4409
    assert reason == "Subscriber for " + "ü" * 54


async def test_an_id_is_free_again_when_its_operation_has_completed(site: Site) -> None:
    async with site.socket() as socket:
        for _ in range(3):
            await socket.subscribe("1", "subscription {count(to: 1)}")
            assert (await socket.receive())["type"] == "next"
            assert (await socket.receive())["type"] == "complete"


async def test_complete_closes_the_source_and_sends_nothing_more(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {silent}")
        await until(lambda: site.world.log == ["silent opened"])
        await socket.send(id="1", type="complete")
        await until(lambda: site.world.log == ["silent opened", "silent closed"])
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


async def test_a_source_that_ends_late_does_not_complete_what_has_its_id_by_then(
    site: Site,
) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {stubborn}")
        await until(lambda: site.world.log == ["stubborn opened"])
        await socket.send(id="1", type="complete")
        await socket.subscribe("1", "subscription {silent}")
        await until(lambda: {"stubborn closed", "silent opened"} <= set(site.world.log))
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


@pytest.mark.parametrize("params", [{}, {"token": "cursed"}])
async def test_whatever_else_goes_wrong_in_an_operation_is_masked_and_ends_it(
    site: Site, params: dict[str, str]
) -> None:
    """A wait that somebody else cancels; a context that can't be made for the event."""
    async with site.socket(params) as socket:
        field = "posts {name}" if params else "abandoned"
        await socket.subscribe("1", f"subscription {{{field}}}")
        message = await socket.receive()
        if not params:
            message = await socket.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert len(site.world.reported) == 1
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


async def test_complete_stops_a_source_that_never_rests(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {forever}")
        await socket.receive()
        await socket.send(id="1", type="complete")
        await socket.send(type="ping")
        while (await socket.receive())["type"] == "next":
            pass
        assert site.world.log == ["forever closed"]


async def test_complete_cancels_a_query(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "{slow}")
        await until(lambda: site.world.contexts == 1)
        await socket.send(id="1", type="complete")
        await until(lambda: site.world.log == ["slow ended"])


async def test_an_id_can_be_used_again_at_once_after_complete(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {silent}")
        await socket.send(id="1", type="complete")
        await socket.subscribe("1", "{greeting}")
        assert (await socket.receive())["payload"] == {"data": {"greeting": "hello"}}


async def test_complete_for_an_unknown_id_is_nothing(site: Site) -> None:
    async with site.socket() as socket:
        await socket.send(id="none", type="complete")
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


async def test_the_number_of_operations_on_a_socket_is_bounded() -> None:
    async with serving(operations_per_socket=2) as site, site.socket() as socket:
        for id in "ab":
            await socket.subscribe(id, "subscription {silent}")
        await socket.subscribe("c", "{greeting}")
        message = await socket.receive()
        assert (message["id"], message["type"]) == ("c", "error")
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        await socket.send(id="a", type="complete")
        await until(lambda: "silent closed" in site.world.log)
        await socket.subscribe("c", "{greeting}")
        assert (await socket.receive())["payload"] == {"data": {"greeting": "hello"}}


async def test_each_operation_and_each_event_has_a_context_of_its_own(site: Site) -> None:
    """One for the source, one for each of the three events, one for the query."""
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {posts(to: 3) {author {name}}}")
        while (await socket.receive())["type"] == "next":
            pass
        assert site.world.contexts == 4
        await socket.subscribe("2", "{greeting}")
        await socket.receive()
        assert site.world.contexts == 5
    assert len(site.world.credentials) == 1
