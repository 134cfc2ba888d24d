"""The answer to one POST, taken from the application by ASGI and written in one piece."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Message, Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

Headers = Iterable[tuple[bytes, bytes]]
FAILED = b"Internal Server Error"
PLAIN = ((b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"))

log = logging.getLogger("uvicorn.error")


class Answer:
    """One request that was read whole. `done` is called once, when nothing more is to be sent."""

    __slots__ = ("_body", "_done", "_left", "_lines", "_parts", "_server", "_status", "_transport")

    def __init__(
        self,
        transport: asyncio.Transport,
        server: ServerState,
        body: bytes,
        done: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._server = server
        self._body: bytes | None = body
        self._done = done
        self._left: asyncio.Future[None] | None = None
        self._lines: Headers = ()
        self._parts: list[bytes] = []
        self._status = 0

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Ask the application; a failure of it is answered with 500, and told in the log."""
        try:
            await app(scope, self.receive, self.send)
            if self._done is not nothing:
                raise RuntimeError("The application ended without a whole answer.")
        except BaseException as error:
            if not isinstance(error, asyncio.CancelledError):
                log.error("Exception in ASGI application\n", exc_info=error)
            if self._done is not nothing:
                self._status, self._lines = 500, PLAIN
                self._write(FAILED)
                self._transport.close()
            if isinstance(error, asyncio.CancelledError):
                raise

    async def receive(self) -> Message:
        """The body; after it, when the client has gone."""
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        if self._done is not nothing and not self._transport.is_closing():
            self._left = asyncio.get_running_loop().create_future()
            await self._left
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Keep what the application says until it is whole, and write it then."""
        if message["type"] == "http.response.start" and not self._status:
            self._status = message["status"]
            self._lines = message.get("headers", ())
        elif message["type"] == "http.response.body" and self._status:
            body = message.get("body", b"")
            if message.get("more_body", False):
                self._parts.append(body)
            elif self._done is not nothing:
                self._write(b"".join([*self._parts, body]) if self._parts else body)
        else:
            raise RuntimeError(f"Unexpected ASGI message {message['type']!r}.")

    def gone(self) -> None:
        """The client has gone: whoever waits for that is told."""
        if self._left is not None and not self._left.done():
            self._left.set_result(None)

    def _write(self, body: bytes) -> None:
        head = head_of(self._status, (*self._server.default_headers, *self._lines), len(body))
        if not self._transport.is_closing():
            self._transport.write(head + body)
        done, self._done = self._done, nothing
        self.gone()
        done()


def nothing() -> None:
    """What is done when all is done."""


def head_of(status: int, headers: Headers, length: int) -> bytes:
    """The head of an answer. ValueError where a header would begin another line.

    Its Content-Length is what the body has, whatever the application said.
    """
    parts = [STATUS_LINE[status]]
    for name, value in headers:
        if name != b"content-length":
            parts += (name, b": ", value, b"\r\n")
    lines = len(parts) // 4 + 1
    if status not in {204, 304}:
        parts.append(b"content-length: %d\r\n" % length)
        lines += 1
    parts.append(b"\r\n")
    head = b"".join(parts)
    if head.count(b"\n") != lines + 1 or head.count(b"\r") != lines + 1:
        raise ValueError("A header of the answer holds a line break.")
    return head
