"""What the answer to a GET tells caches: how long it is good, and how to ask for it again."""

from __future__ import annotations

from hashlib import blake2b

from execution.cache import PreparedOperation
from execution.caching import CachePolicy
from execution.response import Response


def control(policy: CachePolicy) -> str:
    """The value of Cache-Control."""
    if policy.seconds is None:
        return "private, no-store"
    scope = "public" if policy.public else "private"
    return f"{scope}, max-age={policy.seconds}" if policy.seconds else f"{scope}, no-cache"


def etag_of(body: bytes) -> str:
    """A weak tag: the same for the same answer, however it is written."""
    return f'W/"{blake2b(body, digest_size=16).hexdigest()}"'


def matches(header: str, etag: str) -> bool:
    """Whether one of the tags in an If-None-Match header is this one; by the weak comparison."""
    tags = (part.strip().removeprefix("W/") for part in header.split(","))
    return header.strip() == "*" or etag.removeprefix("W/") in tags


def cache_headers(prepared: PreparedOperation, response: Response, body: bytes) -> dict[str, str]:
    """The headers of an answer that caches may see. One with errors is kept by nobody."""
    if response.errors:
        return {"cache-control": "no-store"}
    return {
        "cache-control": control(prepared.caching),
        "etag": etag_of(body),
        # What differs by who asks is not for the next one who shares a browser.
        "vary": "Accept, Authorization, Cookie, Origin",
    }
