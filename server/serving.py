"""How uvicorn serves the application: the port, the ready line, and the end by a signal."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from server.http_protocol import GraphQLPosts
from server.setting_types import SettingError
from server.settings import Settings
from server.wire import WiredProtocol

DRAIN_SECONDS = 10
BACKLOG = 2048
LOOK_SECONDS = 0.2
"""How often one that is not up yet looks whether it was told to stop."""
STOPPING = "Stopping: finishing what runs."


def listening(host: str, port: int, name: str = "PORT") -> socket.socket:
    """A socket on that address, not accepting yet. Raises SettingError, one sentence.

    `name` is the setting that chooses the port.
    """
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise SettingError(
            f"HOST {host!r} is no address of this machine: {error.strerror}."
        ) from None
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
    except OSError as error:
        opened.close()
        raise SettingError(
            f"Port {port} on {host} cannot be used ({(error.strerror or '').lower()}): stop what "
            f"uses it, or choose another, as in {name}={port % 65_535 + 1}."
        ) from None
    opened.set_inheritable(False)
    return opened


def uvicorn_config(settings: Settings, app: Starlette) -> uvicorn.Config:
    """How uvicorn runs the application."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=GraphQLPosts,
        ws=WiredProtocol,
        ws_per_message_deflate=False,
        ws_max_size=settings.body_limit_bytes,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=DRAIN_SECONDS,
        backlog=BACKLOG,
    )


class Server(uvicorn.Server):
    """Says when it is `ready` and when it is `stopping`; `part` takes leave of subscribers."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        ready: Callable[[], None],
        stopping: Callable[[], None],
        part: Callable[[], Awaitable[object]],
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping
        self._part = part

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then say so. One who is told to stop before waits for nothing."""
        starting = asyncio.create_task(super().startup(sockets=sockets))
        while not starting.done() and not self.should_exit:
            await asyncio.wait({starting}, timeout=LOOK_SECONDS)
        if not starting.done():
            starting.cancel()
            return
        await starting
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, tell subscribers to reconnect, finish requests, stop the rest."""
        self._stopping()
        for server in self.servers:
            server.close()
        await self._part()
        await super().shutdown(sockets=sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Drain at the first SIGINT or SIGTERM, stop at once at the second.

        Unlike uvicorn's own, does not raise the signal again: having drained is success.
        """
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self.handle_exit) for each in handled}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
