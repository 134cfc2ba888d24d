"""What each command of `brandgraph` does. Each takes settings and gives an exit code."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace

import typer
import uvicorn
from starlette.applications import Starlette

from datasources.failures import Unavailable
from server.app import create_app
from server.banner import banner
from server.compose import Backend, backend
from server.engine_room import joined, owned
from server.logs import configure
from server.settings import Settings
from server.worker import run_worker

UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h


class CommandError(Exception):
    """A command that cannot be done, in one sentence."""


def say(line: str) -> None:
    """Tell the person at the terminal."""
    typer.echo(line, err=True)


def serve(settings: Settings, host: str | None = None, port: int | None = None) -> int:
    """The API until it is told to stop."""
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
    configure(settings)
    with owned(settings, say) as complete:
        server = Server(uvicorn_config(complete, create_app(complete)), complete)
        server.run()
    return 0 if server.started else 1


def uvicorn_config(settings: Settings, app: Starlette) -> uvicorn.Config:
    """How uvicorn runs the application."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=settings.body_limit_bytes,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=10,
    )


class Server(uvicorn.Server):
    """Prints where to go once the port is open."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Open the port, or fail with one sentence."""
        await super().startup(sockets=sockets)  # type: ignore[arg-type]
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            say(banner(replace(self._settings, port=port)))


def worker(settings: Settings) -> int:
    """Jobs until it is told to stop."""
    configure(settings)

    async def work(made: Backend) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stop.set)
        say("The worker is ready. Ctrl-C drains and stops it.")
        await run_worker(made.queue, made.deliveries, stop)

    return on_backend(settings, work)


def migrate(settings: Settings) -> int:
    """Indexes and schema versions."""

    async def run(made: Backend) -> None:
        await made.migrations().run(say)

    return on_backend(settings, run)


def demo(settings: Settings) -> int:
    """A lifelike account."""
    from server.demo import fill

    async def run(made: Backend) -> None:
        await made.migrations().run()
        typer.echo(await fill(made, say))

    return on_backend(settings, run)


def doctor(settings: Settings) -> int:
    """What is configured, what answers."""
    from server.doctor import examine

    found = examine(settings)
    typer.echo(found.text)
    return 0 if found.well else 1


def on_backend(settings: Settings, run: Callable[[Backend], Awaitable[None]]) -> int:
    """Run with a connected backend; one sentence where an engine does not answer."""

    async def connected(complete: Settings) -> None:
        async with backend(complete) as made:
            await made.mongo.ping()
            await made.redis.ping()
            await run(made)

    with joined(settings, say) as complete:
        try:
            asyncio.run(connected(complete))
        except Unavailable as error:
            say(f"{error} Check MONGODB_URL and REDIS_URL (brandgraph doctor tells which).")
            return UNAVAILABLE
    return 0
