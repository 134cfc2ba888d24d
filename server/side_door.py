"""The port of a process that serves no clients: its health, and its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

import uvicorn
from starlette.applications import Starlette

from server.backend import Backend
from server.health import health_routes
from server.health_checks import HealthChecks
from server.metrics_page import MetricsPage
from server.serving import listening, uvicorn_config


class SideServer(uvicorn.Server):
    """Serves beside other work, to which it leaves the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None."""
        yield


@asynccontextmanager
async def side_door(made: Backend) -> AsyncIterator[None]:
    """Answers at WORKER_PORT for as long as the block. Raises SettingError where it is taken."""
    settings = made.settings
    if not settings.worker_port:
        yield
        return
    opened = listening(settings.host, settings.worker_port, "WORKER_PORT")
    checks = HealthChecks(made.mongo, made.redis, made.migrations())
    page = MetricsPage(made.metrics, checks, settings.data_dir)
    app = Starlette(routes=health_routes(checks, page, settings))
    server = SideServer(uvicorn_config(replace(settings, port=settings.worker_port), app))
    task = asyncio.create_task(server.serve([opened]))
    try:
        yield
    finally:
        server.should_exit = True
        await task
