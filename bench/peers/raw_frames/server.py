"""No peer but a ceiling: frames made once and written to every transport, no GraphQL, no checks.

What the measuring client reads from it is the most that it can read from anyone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from typing import cast

import uvloop
from redis.asyncio import Redis

from bench.frames import GUID, text_frame

ACKNOWLEDGED = text_frame(b'{"type":"connection_ack"}')


class Socket(asyncio.Protocol):
    """A WebSocket that is told everything, and whose own messages are hardly looked at."""

    def __init__(self, open: set[asyncio.Transport]) -> None:
        self.open = open
        self.greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the handshake."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """The handshake first, then `connection_init` and `subscribe` in any number of pieces."""
        if self.greeted:
            return
        self.greeted = True
        lines = dict(line.split(b": ", 1) for line in data.split(b"\r\n")[1:] if b": " in line)
        key = {name.lower(): value for name, value in lines.items()}[b"sec-websocket-key"]
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + ACKNOWLEDGED
        )
        self.open.add(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.open.discard(self.transport)


async def serve() -> None:
    """Until the process is ended."""
    open: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Socket(open), "127.0.0.1", int(os.environ["PORT"]))
    async with Redis.from_url(os.environ["REDIS_URL"]).pubsub() as pubsub:
        await pubsub.subscribe(os.environ["CHANNEL"])
        async for message in pubsub.listen():
            if message["type"] == "message":
                payload = b'{"data":{"contentPublished":' + message["data"] + b"}}"
                frame = text_frame(b'{"id":"1","type":"next","payload":' + payload + b"}")
                for transport in open:
                    transport.write(frame)


if __name__ == "__main__":
    uvloop.run(serve())
