"""Connections: kept alive, pipelined, cut into pieces, and handed over where they are unusual."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from server.http_answer import head_of
from server.http_protocol import WHOLE_BODY, GraphQLPosts
from tests.server.graphql_site import serving, until


def post(query: str, *headers: str, path: str = "/graphql", version: str = "1.1") -> bytes:
    """A request as it goes over the wire."""
    body = orjson.dumps({"query": query})
    lines = [
        f"POST {path} HTTP/{version}",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Client:
    """One connection, and the answers that come on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers, body."""
        async with asyncio.timeout(40):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            body = await self.reader.readexactly(int(headers["content-length"]))
        return int(head[0].split()[1]), headers, body

    async def data(self) -> object:
        """The data of the next answer, which has to be a good one."""
        status, _, body = await self.answer()
        assert status == 200, body
        return orjson.loads(body)["data"]


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """A connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


@asynccontextmanager
async def bare(app: Callable[..., Any], keep_alive: int = 5) -> AsyncIterator[int]:
    """The port of a server of one ASGI application."""
    config = uvicorn.Config(
        app,
        port=0,
        http=GraphQLPosts,
        log_config=None,
        lifespan="off",
        timeout_keep_alive=keep_alive,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def test_requests_that_come_at_once_are_answered_in_their_order() -> None:
    async with serving() as site, connected(site.port) as client:
        names = [f"name{number}" for number in range(20)]
        client.writer.write(b"".join(post(f"{{ {name}: __typename }}") for name in names))
        found = [await client.data() for _ in names]
    assert found == [{name: "Query"} for name in names]


@pytest.mark.parametrize("size", [1, 7, 150])
async def test_requests_in_pieces_are_answered_in_their_order(size: int) -> None:
    wire = post("{ a: __typename }") + post("{ b: __typename }") + post("{ c: __typename }")
    async with serving() as site, connected(site.port) as client:
        for at in range(0, len(wire), size):
            client.writer.write(wire[at : at + size])
            await client.writer.drain()
            await asyncio.sleep(0)
        found = [await client.data() for _ in range(3)]
    assert found == [{"a": "Query"}, {"b": "Query"}, {"c": "Query"}]


async def test_a_connection_goes_on_with_whatever_comes_next() -> None:
    get = b"GET /graphql?query=%7Bb%3A__typename%7D HTTP/1.1\r\nHost: x\r\n\r\n"
    async with serving() as site, connected(site.port) as client:
        client.writer.write(post("{ a: __typename }"))
        assert await client.data() == {"a": "Query"}
        client.writer.write(get + post("{ c: __typename }"))
        assert await client.data() == {"b": "Query"}
        assert await client.data() == {"c": "Query"}


async def test_what_is_unusual_is_answered_too() -> None:
    async with serving() as site:
        for request, status in (
            (post("{ __typename }", "Expect: 100-continue"), 100),
            (post("{ __typename }", "Connection: close"), 200),
            (post("{ __typename }", version="1.0"), 200),
            (post("{ __typename }", path="/elsewhere"), 404),
            (post("{ __typename }", "Content-Length: 3"), 400),
            (post("{ __typename }", "No colon"), 400),
            (post("{ __typename }", "Transfer-Encoding: chunked"), 400),
            (post("{ __typename }").replace(b"\r\n", b"\n"), 400),
            (b"\r\n" + post("{ __typename }"), 200),
            (b"\x00" * 2000, 400),
        ):
            async with connected(site.port) as client:
                client.writer.write(request)
                client.writer.write_eof() if status == 400 else None
                async with asyncio.timeout(40):
                    line = await client.reader.readline()
                assert int(line.split()[1]) == status, request


async def test_a_body_that_does_not_come_is_waited_for_only_so_long() -> None:
    async with serving(read_seconds=0.05) as site, connected(site.port) as client:
        client.writer.write(post("{ __typename }")[:-3])
        status, _, body = await client.answer()
    assert status == 408, body


async def test_a_slow_reader_is_not_asked_to_take_more_than_a_little() -> None:
    """Pipelined requests wait while their answers are not read."""
    served = 0

    async def big(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal served
        served += 1
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 1_000_000})

    wire = post("{ __typename }")
    async with bare(big) as port, connected(port) as client:
        client.writer.write(wire * 100)
        await until(lambda: served > 0)
        await asyncio.sleep(0.2)
        assert served < 50
        bodies = [await client.answer() for _ in range(100)]
    assert {len(body) for _, _, body in bodies} == {1_000_000}
    assert served == 100


async def test_a_connection_on_which_nothing_happens_is_closed() -> None:
    async with bare(plain, keep_alive=1) as port, connected(port) as client:
        client.writer.write(post("{ __typename }"))
        await client.answer()
        async with asyncio.timeout(40):
            assert await client.reader.read() == b""


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what the scope says."""
    message = await receive()
    said = [scope["method"], scope["path"], scope["client"][0], len(message["body"])]
    assert WHOLE_BODY in scope["extensions"]
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json")],
        }
    )
    await send({"type": "http.response.body", "body": orjson.dumps(said)[:5], "more_body": True})
    await send({"type": "http.response.body", "body": orjson.dumps(said)[5:]})


async def test_an_application_is_told_what_it_needs_and_may_answer_in_parts() -> None:
    async with bare(plain) as port, connected(port) as client:
        client.writer.write(post("{ __typename }"))
        status, headers, body = await client.answer()
    assert (status, headers["content-type"]) == (200, "application/json")
    assert "date" in headers
    assert orjson.loads(body) == ["POST", "/graphql", "127.0.0.1", 26]


@pytest.mark.parametrize("how", ["raises", "ends", "breaks the line"])
async def test_an_application_that_fails_is_answered_for(how: str) -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        if how == "raises":
            raise RuntimeError("wrong")
        if how == "breaks the line":
            headers = [(b"x-name", b"a\r\nset-cookie: b=c")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b""})

    async with bare(failing) as port, connected(port) as client:
        client.writer.write(post("{ __typename }"))
        status, headers, body = await client.answer()
        assert (status, body) == (500, b"Internal Server Error")
        assert "set-cookie" not in headers
        assert await client.reader.read() == b""


async def test_a_request_that_runs_is_answered_when_the_server_stops() -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await go.wait()
        await plain(scope, receive, send)

    async with bare(slow) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(post("{ __typename }"))
        await begun.wait()
        asyncio.get_running_loop().call_later(0.1, go.set)
    status, _, _ = await Client(reader, writer).answer()
    assert status == 200
    writer.close()


async def test_whoever_waits_is_told_that_the_client_has_gone() -> None:
    told: list[str] = []

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        told.append((await receive())["type"])
        told.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with bare(waiting) as port:
        async with connected(port) as client:
            client.writer.write(post("{ __typename }"))
            await until(lambda: bool(told))
        await until(lambda: len(told) == 2)
    assert told == ["http.request", "http.disconnect"]


def test_a_head_tells_the_length_that_the_body_has() -> None:
    head = head_of(200, [(b"content-length", b"7"), (b"x", b"y")], 3)
    assert head == b"HTTP/1.1 200 OK\r\nx: y\r\ncontent-length: 3\r\n\r\n"
    with pytest.raises(ValueError, match="line break"):
        head_of(200, [(b"x", b"y\nz")], 3)
