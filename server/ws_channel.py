"""The text frames of one WebSocket, with bounds on their size and on our patience."""

import asyncio
from collections.abc import Callable

from starlette.types import Receive, Send


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
    has accepted nothing for so many `seconds` although something waits to be sent.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        *,
        size: int,
        seconds: float,
        stalled: Callable[[], None],
    ) -> None:
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

    async def write(self, text: str) -> None:
        """Sends a message, however long the client takes. Raises Gone."""
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
        """Stops watching."""
        if self._watch is not None:
            self._watch.cancel()
