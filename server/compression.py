"""Compressing answers with gzip, for clients that take it, where a setting asks for it.

It is off as it comes: small answers grow slower by it, and what stands in front of a server usually
does it. Nothing secret stands beside what a caller chooses in an answer of ours, so that its length
tells nobody anything (a token is answered only to whoever signs in).
"""

from __future__ import annotations

import asyncio
import zlib
from functools import lru_cache

LEVEL = 5
GZIP = 16 + zlib.MAX_WBITS
LARGE = 128 * 1024
"""Bodies of more bytes are compressed in a thread, so that nobody waits for them."""


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` header names gzip, or else all, with a quality above 0."""
    found: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=").strip()
        found[name.strip()] = weight == "" or weight.strip("0.") != ""
    return found.get("gzip", found.get("*", False))


def gzipped(body: bytes) -> bytes:
    """The body as gzip."""
    maker = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return maker.compress(body) + maker.flush()


async def compressed(body: bytes) -> bytes:
    """The body as gzip, made beside the event loop where it is large."""
    return gzipped(body) if len(body) <= LARGE else await asyncio.to_thread(gzipped, body)
