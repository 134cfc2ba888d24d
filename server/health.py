"""Health: whether this process lives, and whether what it stands on answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.compose import Backend

Check = Callable[[], Awaitable[object]]
PATIENCE = 1.5


def health_routes(made: Backend) -> list[Route]:
    """`/health/live` for a supervisor, `/health/ready` for a load balancer."""
    checks: dict[str, Check] = {"mongodb": made.mongo.ping, "redis": made.redis.ping}

    async def live(_: Request) -> Response:
        return answer(200, {"status": "ok"})

    async def ready(_: Request) -> Response:
        found = await asyncio.gather(*(probe(check) for check in checks.values()))
        parts = dict(zip(checks, found, strict=True))
        well = all(part["status"] == "ok" for part in found)
        return answer(
            200 if well else 503, {"status": "ok" if well else "unavailable", "checks": parts}
        )

    return [Route("/health/live", live), Route("/health/ready", ready)]


async def probe(check: Check) -> dict[str, object]:
    """Whether a part answers, and in how many milliseconds."""
    started = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except Exception:
        return {"status": "unavailable"}
    return {"status": "ok", "milliseconds": round((time.perf_counter() - started) * 1000, 1)}


def answer(status: int, body: dict[str, object]) -> Response:
    """JSON that nobody keeps."""
    return Response(
        orjson.dumps(body),
        status,
        {"cache-control": "no-store"},
        media_type="application/json",
    )
