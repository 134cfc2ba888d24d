"""How a transport says that the application would not have the client."""

from collections.abc import Mapping

from execution.errors import expected
from server.http_request import HttpRefused

STATUSES: Mapping[str, int] = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "RATE_LIMITED": 429,
    "UNAVAILABLE": 503,
}
"""The statuses of the codes with which authentication may end; 400 for others."""

HEADERS: Mapping[int, Mapping[str, str]] = {401: {"www-authenticate": "Bearer"}}


def refused_viewer(error: Exception) -> Exception:
    """The answer to a client that authentication refused; an unexpected error comes back as is."""
    extensions = expected(error)
    if extensions is None:
        return error
    status = STATUSES.get(extensions["code"], 400)
    headers = dict(HEADERS.get(status, {}))
    if isinstance(retry := extensions.get("retryAfter"), int | float):
        headers["retry-after"] = str(max(1, round(retry)))
    return HttpRefused(status, {"message": str(error), "extensions": extensions}, headers)
