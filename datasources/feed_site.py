"""A feed at a URL that somebody gave, asked for only what is new."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from datasources.outbound import Outbound

TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
    "text/html",
    "application/xhtml+xml",
    "text/plain",
)
"""What feeds are sent as. A web page is read as well: it may name its feed."""

LONGEST_MARK = 500
CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FetchedFeed:
    """What was there. `url` is where it was found in the end, `charset` what its server says."""

    url: str
    body: bytes = field(repr=False)
    charset: str | None
    etag: str | None
    modified: str | None


class FeedSites:
    """Fetches feeds. The way out refuses whatever is not on the public internet."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def check(self, url: str) -> None:
        """Raise UrlNotAllowed for a URL that would never be fetched. The network is not asked."""
        self._outbound.check(url)

    async def fetch(self, url: str, etag: str | None, modified: str | None) -> FetchedFeed | None:
        """What is there now; None where it is as it was when those were told (RFC 9110, 13).

        Raises UrlNotAllowed and FetchFailed.
        """
        headers = {"if-none-match": etag, "if-modified-since": modified}
        sent = {name: value for name, value in headers.items() if value}
        answer = await self._outbound.get(url, types=TYPES, headers=sent)
        if answer.unchanged:
            return None
        charset = CHARSET.search(answer.headers.get("content-type", ""))
        return FetchedFeed(
            url=answer.url,
            body=answer.body,
            charset=charset[1] if charset else None,
            etag=mark(answer.headers.get("etag")),
            modified=mark(answer.headers.get("last-modified")),
        )

    async def close(self) -> None:
        """Give the sockets back."""
        await self._outbound.close()


def mark(value: str | None) -> str | None:
    """A value that can be sent back as it is, None for what no server needs."""
    good = value is not None and len(value) <= LONGEST_MARK and value.isascii()
    return value if good and value and value.isprintable() else None
