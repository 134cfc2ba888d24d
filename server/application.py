"""The ASGI application: Starlette's, with a shorter way to what is asked for most."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send


class Application(Starlette):
    """Starlette. Once they are set, requests to `/graphql` go to `graphql` past its layers, and
    WebSockets to `sockets`, for each of which those would keep three kilobytes.

    These applications answer their own failures, and need no middleware but what they bring.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.graphql: ASGIApp | None = None
        self.sockets: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, socket or lifespan."""
        short = None
        if scope["type"] != "lifespan" and scope["path"] == "/graphql":
            short = self.graphql if scope["type"] == "http" else self.sockets
        if short is None:
            await super().__call__(scope, receive, send)
        else:
            scope["app"] = self
            await short(scope, receive, send)
