"""Connections that go to an address that was checked, and to no other.

A name is resolved here, once for each connection; what it stands for is checked, and that address
is connected to. Nobody resolves it again, so a name that answers differently the second time
("DNS rebinding") gains nothing. The `Host` header and the name in TLS stay those of the URL.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from datasources.outbound_addresses import Reach
from datasources.outbound_failures import FetchFailed, not_public
from datasources.outbound_urls import name_of, port_of

RESOLVERS = 4
"""Threads that ask for names: of their own, since names of strangers may be slow on purpose."""
CONNECTIONS = 32
ATTEMPTS = 3
"""How many addresses of one name are tried."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, for a port. Raises OSError where there are none."""


class Resolver:
    """Asks the system."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """As Resolve has it, each address once."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._ask, host, port)
        return list(dict.fromkeys(found))

    def _ask(self, host: str, port: int) -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(each[4][0]) for each in found]

    def close(self) -> None:
        """Ask no more. What is asked just now ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class CheckedTransport(httpx.AsyncBaseTransport):
    """An httpx transport that connects to checked addresses only.

    Connections are not kept: under the same address two names may live, each with a certificate of
    its own. Proxies of the environment are not used, since they would resolve names themselves.
    """

    def __init__(
        self, reach: Reach, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._reach = reach
        self._own = Resolver() if resolve is None else None
        self._resolve: Resolve = resolve or self._own or Resolver()
        self._inner = httpx.AsyncHTTPTransport(
            verify=tls or True,
            trust_env=False,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=0),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response of the first address that takes a connection.

        Raises UrlNotAllowed, FetchFailed where nobody knows the name, and httpx's own errors.
        """
        addresses = await self._addresses(name_of(request.url), port_of(request.url))
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(pinned(request, address))
            except httpx.ConnectError:
                continue
        return await self._inner.handle_async_request(pinned(request, addresses[-1]))

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            message = f"There is no server called {host}. Check the URL."
            raise FetchFailed("name", message, passing=True) from None
        if not self._reach.addresses(found):
            raise not_public()
        return found[:ATTEMPTS]

    async def aclose(self) -> None:
        """Give the sockets back."""
        if self._own is not None:
            self._own.close()
        await self._inner.aclose()


def pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to an address, for the host of its URL as far as HTTP and TLS go."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": name_of(request.url)},
    )
