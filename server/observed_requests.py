"""Around every HTTP request: its id, and the line and the numbers that it leaves behind."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from datasources.spans import Tracer
from server.observation import OK, UNKNOWN, Seen, begin, current
from server.operation_spans import begin_span

HEADER = b"x-request-id"
TRACEPARENT = b"traceparent"
OPERATIONS = "/graphql"


class ObservedRequests:
    """An ASGI middleware. `end` is told of each request that asked for an operation.

    With a `tracer`, the operation is a span, of the client's trace where it names one.
    """

    def __init__(
        self, app: ASGIApp, end: Callable[[Seen], None], tracer: Tracer | None = None
    ) -> None:
        self.app = app
        self.end = end
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request. Sockets pass: each of their operations begins by itself."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        span = None
        if self.tracer is not None and scope["path"] == OPERATIONS:
            span = begin_span(self.tracer, given(scope, TRACEPARENT))
        seen = begin(given(scope, HEADER), whole=True, span=span)
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


def given(scope: Scope, header: bytes) -> str | None:
    """What the client says in a header."""
    for name, value in scope["headers"]:
        if name == header:
            text: str = value.decode("latin-1")
            return text
    return None
