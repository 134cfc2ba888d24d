"""A real server on a loopback port that serves the small graph, and clients for it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import uvicorn
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from execution.engine import Executor
from execution.limits import Limits
from server.edge import Credentials, Edge
from server.graphql_http import GraphQLHTTP
from server.graphql_ws import GraphQLSockets
from server.http_protocol import GraphQLPosts
from server.serving import listening as listening_socket
from tests.execution.small_graph import Context, graph
from tests.prompt import Prompt

GRAPH = graph()


class BadToken(Exception):
    """What authentication says of a token that is none."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__("The token is not valid: log in again.")


class Away(Exception):
    """What authentication says when it can't tell."""

    code = "UNAVAILABLE"
    extensions: dict[str, Any]

    def __init__(self) -> None:
        super().__init__("Try again later.")
        self.extensions = {"retryAfter": 2}


@dataclass(frozen=True)
class Viewer:
    """Somebody, perhaps for a limited time."""

    id: str | None
    expires_at: datetime | None = None


@dataclass
class World:
    """What a test sees of the server's inside."""

    log: list[str] = field(default_factory=list)
    reported: list[BaseException] = field(default_factory=list)
    credentials: list[Credentials] = field(default_factory=list)
    contexts: int = 0

    def clear(self) -> None:
        """Forgets what was seen."""
        self.log.clear()
        self.reported.clear()
        self.credentials.clear()
        self.contexts = 0

    async def authenticate(self, credentials: Credentials) -> Viewer:
        """`Bearer NAME` or `Bearer NAME until TIMESTAMP`; or a cookie; or nobody."""
        self.credentials.append(credentials)
        token = (credentials.authorization or "").removeprefix("Bearer ")
        token = token or credentials.cookies.get("session", "")
        match token:
            case "bad":
                raise BadToken
            case "away":
                raise Away
            case "crash":
                raise RuntimeError("password=hunter2")
        name, _, until = token.partition(" until ")
        return Viewer(name or None, datetime.fromtimestamp(float(until), UTC) if until else None)

    def make_context(self, viewer: Viewer, credentials: Credentials) -> Context:
        """A fresh one; for the cursed, only once."""
        self.contexts += 1
        if viewer.id == "cursed" and self.contexts > 1:
            raise RuntimeError("password=hunter2")
        return Context(viewer.id or "nobody", credentials.last_event_id, self.log)

    def report(self, error: BaseException, located: GraphQLError) -> str:
        """Notes an unexpected exception."""
        self.reported.append(error)
        return f"err_{len(self.reported)}"


class Site:
    """A server that runs, its inside, and ways to talk to it."""

    def __init__(
        self, port: int, edge: Edge[Viewer], world: World, http: httpx.AsyncClient
    ) -> None:
        self.port = port
        self.edge = edge
        self.world = world
        self.http = http
        self.url = f"http://127.0.0.1:{port}/graphql"

    async def post(self, query: object, **parameters: object) -> httpx.Response:
        """Sends a document as JSON."""
        return await self.http.post(self.url, json={"query": query, **parameters})

    @asynccontextmanager
    async def raw_socket(self, **options: Any) -> AsyncIterator[Socket]:
        """A socket on which nothing was said yet."""
        options.setdefault("subprotocols", [Subprotocol("graphql-transport-ws")])
        options.setdefault("compression", None)
        async with connect(self.url.replace("http", "ws"), proxy=None, **options) as connection:
            yield Socket(connection)

    @asynccontextmanager
    async def socket(self, params: object = None, **options: Any) -> AsyncIterator[Socket]:
        """A socket that was acknowledged."""
        async with self.raw_socket(**options) as socket:
            await socket.send(type="connection_init", payload=params)
            assert await socket.receive() == {"type": "connection_ack"}
            yield socket


class Socket:
    """A client that speaks raw messages."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message: object) -> None:
        """Sends a message."""
        await self.connection.send(json.dumps(message))

    async def subscribe(self, id: str, query: object, **parameters: object) -> None:
        """Starts an operation."""
        await self.send(id=id, type="subscribe", payload={"query": query, **parameters})

    async def receive(self) -> Any:
        """The next message, which must be text."""
        async with asyncio.timeout(20):
            text = await self.connection.recv()
        assert isinstance(text, str)
        return json.loads(text)

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closed, whatever came before."""
        try:
            async with asyncio.timeout(20):
                while True:
                    await self.connection.recv()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "the server went away without a close frame"
            return closed.rcvd.code, closed.rcvd.reason


PATIENCES = (1.0, 4.0, 16.0)
"""Seconds within which a client has to do something: where the machine is too slow for one of
them, the next is tried."""


@asynccontextmanager
async def serving(
    limits: Limits | None = None,
    executor: dict[str, Any] | None = None,
    world: World | None = None,
    uvicorn_options: dict[str, Any] | None = None,
    **edge: Any,
) -> AsyncIterator[Site]:
    """Serves the small graph for the length of a test."""
    world = world or World()
    compiled = os.environ.get("COMPILED_EXECUTION") != "false"
    run = Executor(
        GRAPH,
        limits=limits or Limits(),
        report=world.report,
        compiled=compiled,
        **executor or {},
    )
    settings: Edge[Viewer] = Edge(
        executor=run, authenticate=world.authenticate, make_context=world.make_context, **edge
    )
    routes = [
        Route("/graphql", GraphQLHTTP(settings)),
        WebSocketRoute("/graphql", GraphQLSockets(settings)),
    ]
    config = uvicorn.Config(
        Starlette(routes=routes),
        port=0,
        http=GraphQLPosts,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_config=None,
        lifespan="off",
        access_log=False,
        **uvicorn_options or {},
    )
    server, socket = Prompt(config), listening_socket("127.0.0.1", 0)
    task = asyncio.create_task(server._serve([socket]))
    await server.up.wait()
    port = socket.getsockname()[1]
    try:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            yield Site(port, settings, world, http)
        await settings.sockets.close_all()
    finally:
        server.should_exit = True
        await task


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event to set
            await asyncio.sleep(0.005)
