"""A process that serves: the only one, or one of those of `serve --workers`."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

from server.app import create_app
from server.light import settled
from server.logs import configure
from server.serving import STOPPING, Server, uvicorn_config
from server.setting_types import SettingError
from server.settings import Settings
from server.siblings import Siblings


def serve_here(
    settings: Settings,
    opened: socket.socket,
    *,
    ready: Callable[[], None],
    tell: Callable[[str], None],
) -> bool:
    """Serve until told to stop. Whether it came to that."""
    server = server_of(settings, None, ready, lambda: tell(STOPPING))
    server.run(sockets=[opened])
    return server.started


def serve_one(
    settings: Settings, opened: socket.socket, siblings: Siblings, parent: Connection
) -> None:
    """Serve what is accepted from a socket that others accept from too.

    Says on `parent` that it is ready, or in a sentence why it cannot be. Drains when it is told to
    stop, and when the parent is gone.
    """

    def ready() -> None:
        settled()
        asyncio.get_running_loop().add_reader(parent.fileno(), orphaned)
        parent.send(True)

    def orphaned() -> None:
        asyncio.get_running_loop().remove_reader(parent.fileno())
        server.should_exit = True

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until the server listens to it
    configure(settings)
    try:
        server = server_of(settings, siblings, ready, lambda: None)
    except SettingError as error:
        parent.send(str(error))
        sys.exit(1)
    server.run(sockets=[opened])
    sys.exit(0 if server.started else 1)


def server_of(
    settings: Settings,
    siblings: Siblings | None,
    ready: Callable[[], None],
    stopping: Callable[[], None],
) -> Server:
    """The server, with an application of its own."""
    app = create_app(settings, siblings)
    return Server(
        uvicorn_config(settings, app),
        ready=ready,
        stopping=stopping,
        part=lambda: app.state.edge.sockets.close_all(),  # noqa: PLW0108 - made by lifespan
    )
