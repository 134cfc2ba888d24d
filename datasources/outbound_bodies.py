"""Bodies of strangers, read with bounds on what comes in and on what it unfolds to."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from datasources.outbound_failures import FetchFailed

EITHER = 32 + zlib.MAX_WBITS
"""Tells zlib to find out by itself whether it is given gzip or zlib."""
CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


async def read(chunks: AsyncIterator[bytes], coding: str, most: int) -> bytes:
    """The body, of `most` bytes at the most, before and after it was unfolded.

    `coding` is the Content-Encoding. Raises FetchFailed.
    """
    if coding in ("", "identity"):
        body = bytearray()
        async for chunk in chunks:
            body += chunk
            if len(body) > most:
                raise too_large(most)
        return bytes(body)
    if coding not in CODINGS:
        message = "The server sends its answer in an encoding that it was not asked for."
        raise FetchFailed("encoding", message)
    return await unfolded(chunks, most)


async def unfolded(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """What gzip or deflate was made of; zlib itself stops where the bound is."""
    body, came, decoder = bytearray(), 0, zlib.decompressobj(EITHER)
    async for chunk in chunks:
        came += len(chunk)
        if came > most:
            raise too_large(most)
        left = chunk
        while left:
            if decoder.eof:
                decoder = zlib.decompressobj(EITHER)  # a gzip file may have several members
            try:
                body += decoder.decompress(left, most + 1 - len(body))
            except zlib.error:
                raise broken() from None
            if len(body) > most:
                raise too_large(most)
            left = decoder.unused_data
    if came and not decoder.eof:
        raise broken()
    return bytes(body)


def too_large(most: int) -> FetchFailed:
    """More than was asked for."""
    return FetchFailed(
        "size", f"The answer is larger than {most} bytes, which is the most we read."
    )


def broken() -> FetchFailed:
    """What can't be unfolded, or ends too early."""
    return FetchFailed("encoding", "The answer is damaged: it can't be decompressed.", passing=True)
