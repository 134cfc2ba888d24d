"""The connections on which subscriptions run, so that they can be ended from elsewhere."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Protocol

SERVICE_RESTART = 1012
TRY_AGAIN_LATER = 1013
FORBIDDEN = 4403


class Connection(Protocol):
    """A socket, or a stream of server-sent events."""

    @property
    def viewer(self) -> object | None:
        """Who is connected; None before it is known."""

    def close(self, code: int, reason: str) -> None:
        """Begins the end of the connection. Safe to call twice; the first call counts."""


class Sockets:
    """The open connections of one process."""

    def __init__(self) -> None:
        self._connections: set[Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._connections)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._connections))

    def add(self, connection: Connection) -> None:
        """Counts a connection as open."""
        self._connections.add(connection)
        self._empty.clear()

    def remove(self, connection: Connection) -> None:
        """Forgets a connection that has ended."""
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()

    def close_where(
        self,
        predicate: Callable[[object], bool],
        code: int = FORBIDDEN,
        reason: str = "Forbidden",
    ) -> int:
        """Ends at once the connections whose viewer fits. Returns how many they are."""
        fitting = [
            connection
            for connection in self
            if connection.viewer is not None and predicate(connection.viewer)
        ]
        for connection in fitting:
            connection.close(code, reason)
        return len(fitting)

    async def close_all(
        self,
        code: int = SERVICE_RESTART,
        reason: str = "Service Restart",
        seconds: float = 10.0,
    ) -> int:
        """Ends every connection and waits until they are gone, so many seconds at most.

        Returns how many are left.
        """
        for connection in self:
            connection.close(code, reason)
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            pass
        return len(self)
