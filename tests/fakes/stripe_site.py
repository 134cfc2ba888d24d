"""Stripe's API on loopback, with state: what our server asks for happens in a `StripeWorld`.

Idempotency keys hold as Stripe's do: the same key answers the same, and another request under it
is refused. Webhooks are signed as Stripe signs them.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.serving import listening
from tests.fakes.stripe_forms import Form, decode, signature
from tests.fakes.stripe_prices import Thing
from tests.fakes.stripe_routes import ROUTES, StripeRefusal
from tests.fakes.stripe_world import StripeWorld

KEY = "sk_test_0123456789"
SECRET = "whsec_0123456789abcdef"


class StripeSite:
    """`asked` are the requests that came, `failing` is a status that each is answered with.

    `held`: no request is answered before that is set. `way`: seconds that an answer takes to get
    back, while more may happen at Stripe.
    """

    def __init__(self, world: StripeWorld | None = None) -> None:
        self.world = world or StripeWorld()
        self.asked: list[tuple[str, str, Form]] = []
        self.keys: list[str] = []
        self.failing = 0
        self.held: asyncio.Event | None = None
        self.way: Callable[[], float] = float
        self.url = ""
        self._remembered: dict[str, tuple[str, Form, int, Thing]] = {}

    def webhook(self, event: Thing, at: int, secret: str = SECRET) -> tuple[bytes, str]:
        """An event as it is sent: its bytes, and the header that signs them."""
        payload = json.dumps(event).encode()
        return payload, signature(payload, secret, at)

    async def answer(self, request: Request) -> Response:
        """Any request of the API."""
        form = decode((await request.body()).decode() or str(request.url.query))
        path = request.url.path.removeprefix("/v1/")
        self.asked.append((request.method, path, form))
        if self.held is not None:
            await self.held.wait()
        if self.failing:
            return JSONResponse({"error": {"message": "down", "type": "api_error"}}, self.failing)
        key = request.headers.get("idempotency-key", "")
        try:
            if request.headers.get("authorization") != f"Bearer {KEY}":
                raise StripeRefusal(401, "invalid_request_error", "Invalid API Key")
            status, body = self._once(key, path, form, lambda: self._do(request.method, path, form))
        except StripeRefusal as refused:
            return JSONResponse({"error": refused.error}, refused.status)
        answer = JSONResponse(body, status)
        await asyncio.sleep(self.way())
        return answer

    def _once(self, key: str, path: str, form: Form, do: Callable[[], Thing]) -> tuple[int, Thing]:
        if not key:
            return 200, do()
        self.keys.append(key)
        if key not in self._remembered:
            self._remembered[key] = (path, form, 200, copy.deepcopy(do()))
        known_path, known_form, status, body = self._remembered[key]
        if (known_path, known_form) != (path, form):
            raise StripeRefusal(400, "idempotency_error", "Keys can only be used once.")
        return status, body

    def _do(self, method: str, path: str, form: Form) -> Thing:
        parts = path.split("/")
        for route_method, pattern, handler in ROUTES:
            names = pattern.split("/")
            if route_method == method and len(names) == len(parts):
                pairs = list(zip(names, parts, strict=True))
                if all(name == part or name == "ID" for name, part in pairs):
                    ids = [part for name, part in pairs if name == "ID"]
                    return handler(self.world, form, *ids)
        raise StripeRefusal(404, "invalid_request_error", f"Unrecognized request URL ({path})")


@asynccontextmanager
async def stripe_site(world: StripeWorld | None = None) -> AsyncIterator[StripeSite]:
    """A site that listens, until the end of the block."""
    site = StripeSite(world)
    methods = ["GET", "POST", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", site.answer, methods=methods)])
    socket = listening("127.0.0.1", 0)
    site.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server._serve([socket]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0)
    try:
        yield site
    finally:
        server.should_exit = server.force_exit = True
        await task
