"""What single-page apps of other origins are allowed: those that `ALLOWED_ORIGINS` names."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from server.browser import PREFLIGHT_HEADERS

SENT = ("authorization", "content-type", "if-none-match", "last-event-id", "x-request-id")
READ = ("etag", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id")
MINUTES = 10


def with_cors(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """Lets pages of these origins call with cookies and read the answers; as it is for none."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_credentials=True,
        allow_methods=["GET", "POST"],
        allow_headers=[*SENT, *PREFLIGHT_HEADERS],
        expose_headers=READ,
        max_age=60 * MINUTES,
    )
