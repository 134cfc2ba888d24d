"""Where Stripe tells us what happened: `/webhooks/stripe`. Closed where there is no secret."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from datasources.failures import Unavailable
from services.stripe_signature import BadSignature
from services.stripe_webhook import NoEvent, StripeWebhook

PATH = "/webhooks/stripe"
LIMIT = 512 * 1024
SECONDS = 10.0
EVERY = 60.0
"""Seconds between two warnings."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Seldom:
    """Warns once a minute at most: anybody may knock, and as often as they like."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._after = -math.inf

    def say(self, warning: str, why: Exception) -> None:
        """Write it to the log, unless that was done within the last minute."""
        if (now := self._clock()) >= self._after:
            self._after = now + EVERY
            log.warning(warning, why=type(why).__name__)


class TooLarge(Exception):
    """More than any event of Stripe's."""


def webhook_routes(webhook: StripeWebhook) -> list[Route]:
    """The route; none where there is no secret to verify with, so that it is 404."""

    warnings = Seldom()

    async def endpoint(request: Request) -> Response:
        try:
            async with asyncio.timeout(SECONDS):
                payload = await body(request)
            await webhook.receive(payload, request.headers.get("stripe-signature"))
        except TooLarge:
            return PlainTextResponse("Too large.\n", 413, {"Connection": "close"})
        except (TimeoutError, ClientDisconnect):
            return PlainTextResponse("Too slow.\n", 408, {"Connection": "close"})
        except (BadSignature, NoEvent) as refused:
            warnings.say("a webhook was refused: is its secret in STRIPE_WEBHOOK_SECRETS?", refused)
            return PlainTextResponse("Not an event that Stripe signed for us, or too old.\n", 400)
        except Unavailable as away:
            return PlainTextResponse("Try again.\n", 503, {"Retry-After": f"{away.retry_after:g}"})
        return PlainTextResponse("ok\n")

    return [Route(PATH, endpoint, methods=["POST"])] if webhook.open else []


async def body(request: Request) -> bytes:
    """The bytes as they came, at most so many."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > LIMIT:
            raise TooLarge
    return bytes(found)
