"""Below ASGI: the transport of a WebSocket, which uvicorn's own protocol class keeps to itself."""

from __future__ import annotations

from typing import Protocol

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
    found: Wire | None = scope.get("extensions", {}).get(EXTENSION)
    return found


class WiredProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket, with its transport in the scope of the application."""

    def handle_connect(self, event: Request) -> None:
        """As uvicorn does it; the application's task begins after this."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][EXTENSION] = self.transport
