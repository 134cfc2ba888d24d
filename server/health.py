"""Health: whether this process lives, and whether what it stands on does its part."""

from __future__ import annotations

import hmac

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.health_checks import HealthChecks
from server.metrics_page import MetricsPage
from server.settings import Settings


def health_routes(checks: HealthChecks, metrics: MetricsPage, settings: Settings) -> list[Route]:
    """`/health/live` for a supervisor, `/health/ready` for a load balancer, `/metrics` for graphs.

    In production `/metrics` is there only where a token was set; wherever one was, it is asked for.
    """

    async def live(_: Request) -> Response:
        return answer(200, {"status": "ok"})

    async def ready(_: Request) -> Response:
        found = await checks.report()
        return answer(503 if found.status == "unavailable" else 200, found.told())

    async def measured(request: Request) -> Response:
        if settings.metrics_token and not knows(request, settings.metrics_token):
            refusal = {"error": "Send METRICS_TOKEN as 'Authorization: Bearer …'."}
            return answer(401, refusal, {"www-authenticate": "Bearer"})
        body, media = await metrics.text()
        return Response(body, headers={"cache-control": "no-store", "content-type": media})

    found = [Route("/health/live", live), Route("/health/ready", ready)]
    if settings.metrics_token or not settings.production:
        found.append(Route("/metrics", measured))
    return found


def knows(request: Request, token: str) -> bool:
    """Whether the request bears the token."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
    return same and scheme.lower() == "bearer"


def answer(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    """JSON that nobody keeps."""
    return Response(
        orjson.dumps(body),
        status,
        {"cache-control": "no-store", **(headers or {})},
        media_type="application/json",
    )
