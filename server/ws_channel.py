"""The text frames of one WebSocket, with bounds on their size and on our patience."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from starlette.types import Receive, Send

from server.wire import Wire
from server.ws_messages import text_of

ROOM = 64 * 1024
"""Bytes in a connection's buffer above which nothing more is written to it directly."""


class Closing(Exception):
    """The socket shall be closed with a code and a reason that the client is told."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gone(Exception):
    """The client is no longer there."""


class Channel:
    """Reads and writes whole text messages.

    `size` bounds a message from the client, in characters. `stalled` is called when the client
    has accepted nothing for so many `seconds` although something waits to be sent. `capacity` is
    how many posted frames may wait.
    """

    __slots__ = (
        "_accepted", "_backlog", "_loop", "_receive", "_seconds", "_send", "_sender", "_size",
        "_stalled", "_waiting", "_watch", "_wire", "capacity",
    )  # fmt: skip

    def __init__(
        self,
        receive: Receive,
        send: Send,
        *,
        size: int,
        seconds: float,
        stalled: Callable[[], None],
        capacity: int = 256,
        wire: Wire | None = None,
    ) -> None:
        self.capacity = capacity
        self._wire = wire
        self._backlog: deque[bytes] | None = None
        self._sender: asyncio.Task[None] | None = None
        self._receive = receive
        self._send = send
        self._size = size
        self._seconds = seconds
        self._stalled = stalled
        self._loop = asyncio.get_running_loop()
        self._waiting = 0
        self._accepted = 0.0
        self._watch: asyncio.TimerHandle | None = None

    async def read(self) -> str:
        """The next message. Raises Gone, or Closing for one that is no text or too long."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise Gone
        text = message.get("text")
        if not isinstance(text, str):
            raise Closing(4400, "Invalid message: send text, not bytes")
        if len(text) > self._size:
            raise Closing(1009, f"Message longer than {self._size} characters")
        return text

    def post(self, frames: Sequence[bytes]) -> bool:
        """Sends whole frames, at once or as soon as the client reads; False if too many wait."""
        if self._backlog is None:
            wire = self._wire
            if wire is not None and wire.get_write_buffer_size() < ROOM and not wire.is_closing():
                wire.write(frames[0] if len(frames) == 1 else b"".join(frames))
                return True
            self._backlog = deque(frames)
            self._sender = self._loop.create_task(self._send_backlog(self._backlog))
            return True
        self._backlog.extend(frames)
        return len(self._backlog) <= self.capacity

    async def _send_backlog(self, backlog: deque[bytes]) -> None:
        try:
            while backlog:
                await self._write(text_of(backlog.popleft()))
        except Gone:
            return  # whoever reads will hear of it, too
        finally:
            self._backlog = self._sender = None

    async def write(self, text: str) -> None:
        """Sends a message, however long the client takes. Raises Gone."""
        if self._sender is not None:
            await asyncio.wait([self._sender])
        await self._write(text)

    async def _write(self, text: str) -> None:
        if not self._waiting:
            self._accepted = self._loop.time()
            if self._watch is None:
                self._watch = self._loop.call_later(self._seconds, self._look)
        self._waiting += 1
        try:
            await self._send({"type": "websocket.send", "text": text})
        except (OSError, RuntimeError):
            raise Gone from None
        finally:
            self._waiting -= 1
        self._accepted = self._loop.time()

    def _look(self) -> None:
        """One timer watches over all messages: a timer for each would double their cost."""
        self._watch = None
        if not self._waiting:
            return
        left = self._accepted + self._seconds - self._loop.time()
        if left <= 0:
            self._stalled()
        else:
            self._watch = self._loop.call_later(left, self._look)

    async def close(self, code: int, reason: str) -> None:
        """Closes the socket, as far as the client takes part in it."""
        told = reason.encode()[:123].decode(errors="ignore")
        try:
            async with asyncio.timeout(self._seconds):
                await self._send({"type": "websocket.close", "code": code, "reason": told})
        except (TimeoutError, OSError, RuntimeError):
            return

    def release(self) -> None:
        """Stops watching, and lets go of what waits."""
        if self._sender is not None:
            self._sender.cancel()
        if self._watch is not None:
            self._watch.cancel()
