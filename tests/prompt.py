"""A server of tests: as uvicorn's, but nobody waits for its next look at the clock."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from socket import socket

import uvicorn


class Prompt(uvicorn.Server):
    """Says when it is `up`, and ends as soon as it is told to: nobody waits for the next look."""

    def __init__(self, config: uvicorn.Config) -> None:
        self.up, self._told = asyncio.Event(), asyncio.Event()
        super().__init__(config)

    @property
    def should_exit(self) -> bool:
        """Whether it was told to end."""
        return self._told.is_set()

    @should_exit.setter
    def should_exit(self, told: bool) -> None:
        if told:
            self._told.set()

    async def main_loop(self) -> None:
        """Tick until told to end."""
        tasks = [asyncio.create_task(each) for each in (super().main_loop(), self._told.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Accept connections, then say so."""
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Accept no more, finish what runs, stop the rest: as uvicorn's, which waits longer."""
        state = self.server_state
        for each in (*self.servers, *(sockets or ())):
            each.close()
        for connection in list(state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while state.connections or state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
        for task in state.tasks:
            task.cancel()
        await self.lifespan.shutdown()
