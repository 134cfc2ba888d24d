"""The one way out to a URL that a user gave: feeds, webhooks, images.

What else we call (models, payments) has an address that the operator set; this is for addresses
that strangers choose. See `docs/decisions/outbound-requests.md`. The libraries that it needs are
imported when something is fetched for the first time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from datasources.outbound_addresses import Reach
from datasources.outbound_failures import FetchFailed

if TYPE_CHECKING:
    import ssl

    from datasources.outbound_exchange import Answer, Bounds
    from datasources.outbound_transport import CheckedTransport, Resolve

REDIRECTIONS = 5
USER_AGENT = "Brandgraph"


class Outbound:
    """Fetches and posts. It lives until `close`.

    Raises UrlNotAllowed where the URL, or one that it leads to, is none for us, and FetchFailed
    where nothing usable came of it. `resolve` and `tls` are the system's where they are not given.
    """

    def __init__(
        self,
        reach: Reach | None = None,
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._reach = reach or Reach()
        self._resolve = resolve
        self._tls = tls
        self._transport: CheckedTransport | None = None

    def check(self, url: str) -> None:
        """Raise UrlNotAllowed for a URL that would never be fetched. The network is not asked."""
        from datasources.outbound_urls import checked

        checked(url, self._reach)

    async def get(
        self,
        url: str,
        *,
        types: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        bounds: Bounds | None = None,
    ) -> Answer:
        """What is there, after at most five redirections. Other statuses than 2xx and 304 fail.

        `types` are the media types that will do, as `text/xml` or `image/*`; all, where there are
        none. `headers` go to the server of `url` only. `bounds` hold for the whole of it.
        """
        from datasources.outbound_exchange import successful
        from datasources.outbound_urls import following_of, origin, parsed_of

        sent = dict(headers or {})
        async with self._within(bounds) as given:
            for _ in range(REDIRECTIONS + 1):
                answer = await self._send("GET", url, sent, b"", types, given)
                if answer.target is None:
                    return successful(answer)
                here, url = parsed_of(url), following_of(parsed_of(url), answer.target)
                sent = sent if origin(parsed_of(url)) == origin(here) else {}
        message = f"The server redirects more than {REDIRECTIONS} times. Give the last URL."
        raise FetchFailed("redirections", message)

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        bounds: Bounds | None = None,
    ) -> Answer:
        """The answer, whatever its status; redirections are not followed."""
        async with self._within(bounds) as given:
            return await self._send("POST", url, headers or {}, body, (), given)

    async def close(self) -> None:
        """Give the sockets back."""
        if self._transport is not None:
            await self._transport.aclose()

    @asynccontextmanager
    async def _within(self, bounds: Bounds | None) -> AsyncIterator[Bounds]:
        from datasources.outbound_exchange import Bounds, too_slow

        given = bounds or Bounds()
        try:
            async with asyncio.timeout(given.seconds):
                yield given
        except TimeoutError:
            raise too_slow() from None

    async def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        types: Collection[str],
        bounds: Bounds,
    ) -> Answer:
        import httpx

        from datasources.outbound_exchange import exchange
        from datasources.outbound_urls import checked

        told = {
            "user-agent": USER_AGENT,
            "accept": ", ".join(types) or "*/*",
            "accept-encoding": "gzip",
            "connection": "close",
            **headers,
        }
        request = httpx.Request(method, checked(url, self._reach), headers=told, content=body)
        return await exchange(self._open(), request, types, bounds)

    def _open(self) -> CheckedTransport:
        if self._transport is None:
            from datasources.outbound_transport import CheckedTransport

            self._transport = CheckedTransport(self._reach, self._resolve, self._tls)
        return self._transport
