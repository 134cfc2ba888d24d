"""The short way for most requests: a small POST to `/graphql` that has arrived in one piece.

It is parsed by httptools as uvicorn does it, run by the same ASGI application and answered with
one write. Whatever else comes (another path or method, a body in pieces, a stream of events, an
upgrade, anything malformed) is given to uvicorn's own protocol, with the connection, for good: so
nothing here has to be right about the rest of HTTP.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httptools
from starlette.types import ASGIApp, Scope
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from server.http_answer import Answer

PATH = "/graphql"
BEGINS = f"POST {PATH} HTTP/1.1\r\n".encode()
MOST = 64 * 1024
"""The most bytes of a request, and of requests that wait behind it, that are kept here."""
ELSEWHERE = frozenset({b"transfer-encoding", b"expect", b"upgrade"})
WHOLE_BODY = "brandgraph.body"
"""The ASGI extension that says that the body is there, and need not be waited for."""


class GraphQLPosts(asyncio.Protocol):
    """One connection, as long as nothing but whole POSTs comes on it. uvicorn makes it.

    Requests that come before an answer has gone wait, and are answered in their order.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self.config = config
        self.server = server_state
        self.app_state = app_state
        self.loop = _loop or asyncio.get_running_loop()
        self.parser = httptools.HttpRequestParser(self)
        self.path = config.root_path + PATH
        self.rest = b""
        self.answer: Answer | None = None
        self.ending = False
        self.paused = False
        self.idle_since = self.loop.time()
        self.idle: asyncio.TimerHandle | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.length = -1
        self.plain = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self.transport = cast(asyncio.Transport, transport)
        self.server.connections.add(cast(Any, self))
        self.local, self.client = get_local_addr(self.transport), get_remote_addr(self.transport)
        self.scheme = "https" if is_ssl(self.transport) else "http"
        self.idle = self.loop.call_later(self.config.timeout_keep_alive, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone; what runs for it ends by itself."""
        self.server.connections.discard(cast(Any, self))
        if self.idle is not None:
            self.idle.cancel()
        if self.answer is not None:
            self.answer.gone()

    def data_received(self, data: bytes) -> None:
        """Take a request, or keep it until the one before is answered."""
        if self.rest:
            data = self.rest + data
        if self.answer is None and not self.paused:
            self._take(data)
            return
        self.rest = data
        if len(data) > MOST:
            self.transport.pause_reading()

    def pause_writing(self) -> None:
        """The client reads too slowly: begin no other request."""
        self.paused = True

    def resume_writing(self) -> None:
        """It has read."""
        self.paused = False
        if self.answer is None and self.rest:
            self._take(self.rest)

    def shutdown(self) -> None:
        """Close, after the answer that is being made."""
        self.ending = True
        if self.answer is None:
            self.transport.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser found a header."""
        name = name.lower()
        self.headers.append((name, value))
        if name == b"content-length":
            self.length = int(value)
        elif name in ELSEWHERE or (name == b"accept" and b"event-stream" in value):
            self.plain = False

    def _take(self, data: bytes) -> None:
        head = data.find(b"\r\n\r\n") + 4
        if not data.startswith(BEGINS) or head < len(BEGINS) or len(data) > 2 * MOST:
            self._hand_over(data)
            return
        self.headers, self.length, self.plain = [], -1, True
        try:
            self.parser.feed_data(data[:head])
            end = head + self.length
            good = self.plain and self.length > 0 and end <= len(data)
            body = data[head:end] if good and self.parser.should_keep_alive() else b""
            if body:
                self.parser.feed_data(body)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            body = b""
        if body:
            self.rest = data[end:]
            self._begin(body)
        else:
            self._hand_over(data)

    def _begin(self, body: bytes) -> None:
        self.answer = answer = Answer(self.transport, self.server, body, self._answered)
        scope: Scope = {
            "type": "http",
            "asgi": {"version": self.config.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": self.config.root_path,
            "query_string": b"",
            "scheme": self.scheme,
            "server": self.local,
            "client": self.client,
            "headers": self.headers,
            "state": self.app_state.copy(),
            "extensions": {WHOLE_BODY: {}},
        }
        task = self.loop.create_task(answer.run(cast(ASGIApp, self.config.loaded_app), scope))
        task.add_done_callback(self.server.tasks.discard)
        self.server.tasks.add(task)

    def _answered(self) -> None:
        """Go on with the next request, or close where that is due."""
        self.answer = None
        self.server.total_requests += 1
        if self.ending:
            self.transport.close()
        elif self.rest:
            self.transport.resume_reading()
            if not self.paused:
                self._take(self.rest)
        else:
            self.idle_since = self.loop.time()

    def _look(self) -> None:
        """Close a connection on which nothing happens; one timer serves many requests."""
        now, patience = self.loop.time(), self.config.timeout_keep_alive
        busy = self.answer is not None or bool(self.rest)
        rest = patience if busy else self.idle_since + patience - now
        if rest > 0:
            self.idle = self.loop.call_later(rest, self._look)
        else:
            self.transport.close()

    def _hand_over(self, data: bytes) -> None:
        if self.idle is not None:
            self.idle.cancel()
        self.server.connections.discard(cast(Any, self))
        theirs = HttpToolsProtocol(self.config, self.server, self.app_state, self.loop)
        theirs.connection_made(self.transport)
        self.transport.set_protocol(theirs)
        self.transport.resume_reading()
        theirs.data_received(data)
