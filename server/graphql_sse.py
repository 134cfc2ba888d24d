"""GraphQL over server-sent events, one operation a request ("distinct connections mode")."""

import asyncio
from asyncio import CancelledError
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Generic

from starlette.types import Receive, Send

from execution.deadline import being_cancelled
from execution.errors import RequestRejected
from execution.response import Response
from server.edge import Edge, ViewerT
from server.observation import note_errors

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
COMPLETE = b"event: complete\ndata:\n\n"
COMMENT = b":\n\n"


def next_event(response: Response) -> bytes:
    """A response as an event. Its cursor is the id that a browser repeats when it reconnects."""
    cursor = response.extensions.get("cursor")
    name = f"id: {cursor}\n".encode() if isinstance(cursor, str) and cursor.isprintable() else b""
    return b"event: next\n" + name + b"data: " + response.body() + b"\n\n"


class EventStreamReply(Generic[ViewerT]):
    """One operation answered as a stream of events.

    It counts among the open connections. Where it is closed from elsewhere it ends without
    `complete`, so that the client connects again.
    """

    def __init__(self, edge: Edge[ViewerT], viewer: ViewerT, receive: Receive, send: Send) -> None:
        self.edge = edge
        self.viewer = viewer
        self.receive = receive
        self.send = send
        self._closed = asyncio.Event()

    def close(self, code: int, reason: str) -> None:
        """Begins the end of the stream."""
        self._closed.set()

    async def run(self, responses: AsyncGenerator[Response, None]) -> None:
        """Sends the responses until the operation, the client or the server ends them."""
        self.edge.sockets.add(self)
        expiry = self.edge.at_expiry(self.viewer, self._closed.set)
        try:
            await self.send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _first(self._pump(responses), self._keep_alive(), self._gone(), self._ended())
            await self._write(b"", more=False)
        except TimeoutError:
            return  # the client reads no more: the server drops the connection
        finally:
            expiry.cancel()
            self.edge.sockets.remove(self)

    async def _pump(self, responses: AsyncGenerator[Response, None]) -> None:
        async with aclosing(self._events(responses)) as events:
            async for event in events:
                await self._write(event)

    async def _events(
        self, responses: AsyncGenerator[Response, None]
    ) -> AsyncGenerator[bytes, None]:
        """The events. No `complete` follows what was not the client's fault: it may try again."""
        try:
            async with aclosing(responses):
                async for response in responses:
                    yield next_event(response)
        except RequestRejected as rejection:
            note_errors(rejection.errors)
            yield next_event(Response(errors=rejection.errors))
            if rejection.close_code is not None:
                return
        except (Exception, CancelledError) as error:
            if isinstance(error, CancelledError) and being_cancelled():
                raise
            yield next_event(Response(errors=[self.edge.executor.masked(error)]))
            return
        yield COMPLETE

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self.edge.ping_seconds)
            await self._write(COMMENT)

    async def _gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def _ended(self) -> None:
        await self._closed.wait()

    async def _write(self, body: bytes, *, more: bool = True) -> None:
        async with asyncio.timeout(self.edge.send_seconds):
            await self.send({"type": "http.response.body", "body": body, "more_body": more})


async def _first(*work: Coroutine[object, object, None]) -> None:
    """Runs all until the first has ended, and stops the others. Raises what the first raised."""
    tasks = [asyncio.ensure_future(step) for step in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
