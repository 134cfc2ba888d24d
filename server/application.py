"""The ASGI application: Starlette's, with a shorter way to what is asked for most."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send


class Application(Starlette):
    """Starlette. Once `graphql` is set, requests to `/graphql` go there past its layers.

    That application answers its own failures, and needs no middleware but what it brings.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.graphql: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, socket or lifespan."""
        if scope["type"] == "http" and scope["path"] == "/graphql" and self.graphql is not None:
            scope["app"] = self
            await self.graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
