"""The text frames of one WebSocket, with bounds on their size and on a client's patience."""

import asyncio

from starlette.types import Receive, Send

from server.sockets import TRY_AGAIN_LATER


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

    `size` bounds a message from the client, in characters; `seconds` the time that it may take
    before it accepts a message from us.
    """

    def __init__(self, receive: Receive, send: Send, size: int, seconds: float) -> None:
        self._receive = receive
        self._send = send
        self._size = size
        self._seconds = seconds

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
        """Sends a message. Raises Gone, or Closing where the client doesn't take it in time."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            raise Closing(TRY_AGAIN_LATER, "Too slow: messages were not read in time") from None
        except (OSError, RuntimeError):
            raise Gone from None

    async def close(self, code: int, reason: str) -> None:
        """Closes the socket, as far as the client takes part in it."""
        told = reason.encode()[:123].decode(errors="ignore")
        try:
            async with asyncio.timeout(self._seconds):
                await self._send({"type": "websocket.close", "code": code, "reason": told})
        except (TimeoutError, OSError, RuntimeError):
            return
