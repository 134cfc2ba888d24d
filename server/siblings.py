"""The processes of one `serve --workers`: each tells the others what it counted.

A request for `/metrics` or `/health/ready` is answered by whichever process has it, and has to tell
of all. Each listens on a socket in a folder that only their user may enter, and answers whoever
connects with one message.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 0.8
"""Seconds after which a process that does not answer is left out: a probe waits one."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """This process is `number` of `count`, which meet in `folder`."""

    folder: Path
    number: int
    count: int

    @asynccontextmanager
    async def answering(self, tell: Callable[[], Awaitable[bytes]]) -> AsyncIterator[None]:
        """Answers the others with what `tell` says, for as long as the block."""

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                writer.write(await tell())
                await writer.drain()
            except OSError:
                pass
            finally:
                writer.close()

        path = self._path(self.number)
        path.unlink(missing_ok=True)  # of one that was killed
        server = await asyncio.start_unix_server(answer, path)
        try:
            yield
        finally:
            server.close()

    async def ask(self) -> dict[int, bytes]:
        """What each of the others says, without those that say nothing in time."""
        others = [number for number in range(self.count) if number != self.number]
        said = await asyncio.gather(*map(self._ask, others))
        return {number: each for number, each in zip(others, said, strict=True) if each}

    async def _ask(self, number: int) -> bytes | None:
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_unix_connection(self._path(number))
                try:
                    return await reader.read()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return None

    def _path(self, number: int) -> Path:
        return self.folder / str(number)
