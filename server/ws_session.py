"""One WebSocket: what its client says, and how it ends."""

import asyncio
from asyncio import CancelledError
from typing import Generic

from starlette.types import Receive, Scope, Send

from execution.errors import failure
from server.edge import Edge, ViewerT
from server.sockets import FORBIDDEN, TRY_AGAIN_LATER
from server.wire import wire_of
from server.ws_admission import Admission, token_of
from server.ws_channel import Channel, Closing, Gone
from server.ws_messages import (
    ACKNOWLEDGE,
    ClientMessage,
    Complete,
    ConnectionInit,
    Envelope,
    InvalidMessage,
    Ping,
    Subscribe,
    pong,
    read,
)
from server.ws_operations import Operations

TOO_MANY = "TOO_MANY_OPERATIONS"


class Session(Generic[ViewerT]):
    """The server's side of one graphql-transport-ws connection."""

    def __init__(self, edge: Edge[ViewerT], scope: Scope, receive: Receive, send: Send) -> None:
        self.edge = edge
        self.channel = Channel(
            receive,
            send,
            size=edge.body_bytes,
            seconds=edge.send_seconds,
            stalled=self._stalled,
            capacity=edge.waiting_messages,
            wire=wire_of(scope),
        )
        self.admission = Admission(edge, scope, self._expired)
        self.operations = Operations(self)
        self.closing: Closing | None = None
        self.init_timer: asyncio.Handle | None = None
        self.reader: asyncio.Task[object] | None = None

    @property
    def viewer(self) -> ViewerT | None:
        """Who is connected; None before `connection_init` was accepted."""
        return self.admission.viewer

    def close(self, code: int, reason: str) -> None:
        """Begins the end of the socket. The first reason counts."""
        if self.closing is None:
            self.closing = Closing(code, reason)
            self.operations.cancel()
            if self.reader is not None:
                self.reader.cancel()

    async def run(self) -> None:
        """Serves the socket until one side closes it, and leaves nothing running."""
        self.reader = asyncio.current_task()
        self.edge.sockets.add(self)
        timeout = (4408, "Connection initialisation timeout")
        loop = asyncio.get_running_loop()
        self.init_timer = loop.call_later(self.edge.init_seconds, self.close, *timeout)
        try:
            await self._listen()
        except Gone:
            pass
        except Closing as closing:
            self.closing = self.closing or closing
        except CancelledError:
            if self.closing is None:
                raise
            self._forgive_cancelling()
        except Exception as error:
            self.edge.executor.masked(error)
            self.closing = Closing(4500, "Internal server error")
        finally:
            await self._end()

    def _expired(self) -> None:
        self.close(FORBIDDEN, "Forbidden: the token has expired")

    def _stalled(self) -> None:
        self.edge.stalled()
        self.close(TRY_AGAIN_LATER, "Too slow: messages were not read in time")

    def _forgive_cancelling(self) -> None:
        """`close` cancelled the task that reads, which has its end to see to."""
        while self.reader is not None and self.reader.uncancel():
            pass

    async def _listen(self) -> None:
        while True:
            try:
                message = read(await self.channel.read())
            except InvalidMessage as error:
                raise Closing(4400, str(error)) from None
            await self._take(message)

    async def _take(self, message: ClientMessage) -> None:
        match message:
            case ConnectionInit():
                await self._begin(message)
            case Ping():
                if token := token_of(message.payload):
                    await self.admission.renew(token)
                    self.operations.renew()
                await self.channel.write(pong(message.payload))
            case Subscribe():
                await self._subscribe(message)
            case Complete():
                self.operations.complete(message.id)

    async def _begin(self, message: ConnectionInit) -> None:
        if self.init_timer is None:
            raise Closing(4429, "Too many initialisation requests")
        self.init_timer.cancel()
        self.init_timer = None
        await self.admission.enter(message.payload)
        await self.channel.write(ACKNOWLEDGE)

    async def _subscribe(self, message: Subscribe) -> None:
        if self.viewer is None:
            raise Closing(4401, "Unauthorized")
        if message.id in self.operations:
            raise Closing(4409, f"Subscriber for {message.id} already exists")
        most = self.edge.operations_per_socket
        if len(self.operations) >= most:
            refusal = failure(f"No more than {most} operations run on one socket.", TOO_MANY)
            await self.channel.write(Envelope(message.id).error([refusal]))
        else:
            self.operations.begin(message.id, message.payload.request())

    def current(self) -> ViewerT:
        """Who is connected. Raises Gone where nobody is."""
        viewer = self.viewer
        if viewer is None:
            raise Gone
        return viewer

    async def _end(self) -> None:
        told, self.closing = self.closing, self.closing or Closing(1000, "")
        if self.init_timer is not None:
            self.init_timer.cancel()
        self.admission.leave()
        self.channel.release()
        self.operations.cancel()
        try:
            if told is not None:
                await self.channel.close(told.code, told.reason)
            await self.operations.ended(self.edge.send_seconds)
        finally:
            self.edge.sockets.remove(self)
