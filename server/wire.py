"""Below ASGI: the transport of a WebSocket, which uvicorn's own protocol class keeps to itself."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, cast

from starlette.types import Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "brandgraph.wire"


class Wire(Protocol):
    """What of a transport is needed to write whole frames."""

    def write(self, data: bytes) -> None:
        """Takes bytes; they are sent in the order in which they were taken."""

    def get_write_buffer_size(self) -> int:
        """How many of them wait."""

    def is_closing(self) -> bool:
        """Whether no more can be written."""


def wire_of(scope: Scope) -> Wire | None:
    """The transport of a socket, None where the server keeps it to itself."""
    protocol = scope.get("extensions", {}).get(EXTENSION)
    return protocol.transport if isinstance(protocol, WiredProtocol) else None


def forget_handshake(scope: Scope) -> None:
    """Let go of what was said to open a socket, once that was read: it is a third of its memory."""
    protocol = scope.get("extensions", {}).get(EXTENSION)
    if isinstance(protocol, WiredProtocol):
        protocol.forget_handshake()


class Inbox:
    """What came for the one task that reads: as much of a queue as uvicorn's protocol uses.

    `asyncio.Queue` is for any number of readers and writers, and takes three kilobytes when empty.
    """

    __slots__ = ("_reader", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def put_nowait(self, message: Any) -> None:
        """Let a message wait until it is read."""
        self._waiting.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Any:
        """The next message, as soon as there is one."""
        while not self._waiting:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._waiting.pop(0)


class WiredProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket, which is in the scope of the application that it serves."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.queue = cast("asyncio.Queue[Any]", Inbox())

    def handle_connect(self, event: Request) -> None:
        """As uvicorn does it; the application's task begins after this."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][EXTENSION] = self

    def forget_handshake(self) -> None:
        """Empty the headers of both sides."""
        self.request.headers.clear()
        self.response.headers.clear()
        self.scope["headers"] = []
