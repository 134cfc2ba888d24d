"""Around every HTTP request: its id, and the line and the numbers that it leaves behind."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.observation import OK, UNKNOWN, Seen, begin, current

HEADER = b"x-request-id"


class ObservedRequests:
    """An ASGI middleware. `end` is told of each request that asked for an operation."""

    def __init__(self, app: ASGIApp, end: Callable[[Seen], None]) -> None:
        self.app = app
        self.end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request. Sockets pass: each of their operations begins by itself."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = begin(given_id(scope), whole=True)
        head = (HEADER, seen.request_id.encode())

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                message["headers"] = [*message.get("headers", ()), head]
            await send(message)

        token = current.set(seen)
        try:
            await self.app(scope, receive, answer)
        finally:
            current.reset(token)
            if seen.type != UNKNOWN or seen.code != OK:
                self.end(seen)


def given_id(scope: Scope) -> str | None:
    """What the client calls its request."""
    for name, value in scope["headers"]:
        if name == HEADER:
            text: str = value.decode("latin-1")
            return text
    return None
