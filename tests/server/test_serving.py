"""A server that is told to stop, whatever it is waiting for."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from server.serving import Server, listening


def test_one_that_is_told_to_stop_before_it_is_up_waits_for_nothing() -> None:
    """An engine that was there a moment ago does not answer the migrations: Ctrl-C ends it."""
    seen: list[str] = []

    @asynccontextmanager
    async def waiting(_: Starlette) -> AsyncIterator[None]:
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 5)
            yield
        except TimeoutError:
            seen.append("waited")
        finally:
            seen.append("closed")

    async def part() -> None:
        seen.append("parted")

    server = Server(
        uvicorn.Config(Starlette(lifespan=waiting), log_config=None),
        ready=lambda: seen.append("ready"),
        stopping=lambda: seen.append("stopping"),
        part=part,
    )
    with listening("127.0.0.1", 0) as opened:
        server.run(sockets=[opened])
    assert not server.started
    assert seen == ["closed"]
