"""Whatever is sent, the answer is a refusal with a message: no failure of ours, and no silence."""

import json
import os
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from execution.engine import Executor
from execution.limits import Limits
from server.edge import Edge
from server.graphql_http import GraphQLHTTP
from server.graphql_ws import GraphQLSockets
from tests.server.graphql_fuzz import bodies, frames, scope_of, talk
from tests.server.graphql_site import GRAPH, Viewer, World

EXAMPLES = int(os.environ.get("BRANDGRAPH_FUZZ_EXAMPLES", "150"))
"""`make soak` raises it; a hundred thousand take some minutes."""

FUZZ = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
CLOSES = {1009, 4400, 4401, 4409, 4429}


def an_edge() -> tuple[Edge[Viewer], World]:
    """The small graph behind transports, and what it reports."""
    world = World()
    executor = Executor(GRAPH, limits=Limits(seconds=1), report=world.report)
    edge = Edge(executor=executor, authenticate=world.authenticate, make_context=world.make_context)
    return edge, world


async def answer(method: str, body: bytes, query: bytes) -> tuple[int, object]:
    """The status and the JSON that answer a request."""
    edge, world = an_edge()
    scope = scope_of("http", method=method, query_string=query)
    sent = await talk(
        GraphQLHTTP(edge), scope, [{"type": "http.request", "body": body, "more_body": False}]
    )
    assert world.reported == []
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], json.loads(sent[1]["body"])


def check(status: int, content: object) -> None:
    """A refusal has an error with a message and a code; nothing is ever our fault."""
    assert status in {200, 400, 405, 406}
    assert isinstance(content, dict)
    assert ("errors" in content) or ("data" in content)
    for error in content.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR"


@FUZZ
@given(body=bodies)
async def test_any_body_is_answered(body: bytes) -> None:
    check(*await answer("POST", body, b""))


@FUZZ
@given(query=st.binary(max_size=40) | bodies, name=st.sampled_from(["query", "variables", ""]))
async def test_any_query_string_is_answered(query: bytes, name: str) -> None:
    text = f"query=%7Bgreeting%7D&{name}=".encode() + quote_from_bytes(query).encode()
    check(*await answer("GET", b"", text))
    raw = bytes(byte for byte in query if 32 < byte < 127)
    check(*await answer("GET", b"", name.encode() + b"=" + raw))


@FUZZ
@given(received=st.lists(frames, max_size=8), begun=st.booleans())
async def test_any_frames_are_answered_or_end_the_socket(
    received: list[bytes], begun: bool
) -> None:
    """The socket closes with a code of the protocol, and nothing runs on behind it."""
    edge, world = an_edge()
    init = [b'{"type":"connection_init"}'] if begun else []
    inbox: list[Message] = [
        {"type": "websocket.connect"},
        *(
            {"type": "websocket.receive", "text": frame.decode(errors="surrogateescape")}
            for frame in init + received
        ),
        {"type": "websocket.disconnect", "code": 1001},
    ]
    scope = scope_of("websocket", subprotocols=["graphql-transport-ws"])
    accepted, *sent = await talk(GraphQLSockets(edge), scope, inbox)
    assert accepted["type"] == "websocket.accept"
    for message in sent:
        if message["type"] == "websocket.close":
            assert message is sent[-1]
            assert message["code"] in CLOSES, message
            assert len(message["reason"].encode()) <= 123
        else:
            assert json.loads(message["text"])["type"] in {
                "connection_ack",
                "pong",
                "next",
                "error",
                "complete",
            }
    assert world.reported == []
    assert len(edge.sockets) == 0
