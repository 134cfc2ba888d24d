"""GraphQL over WebSocket, by the graphql-transport-ws protocol and no other."""

from typing import Generic

from starlette.types import Receive, Scope, Send

from server.edge import Edge, ViewerT
from server.wire import forget_handshake
from server.ws_channel import Closing
from server.ws_messages import PROTOCOL
from server.ws_session import Session
from services.places import Leave, nothing


class GraphQLSockets(Generic[ViewerT]):
    """The ASGI application behind `/graphql` for WebSockets.

    Compression is the server's to leave off (`ws_per_message_deflate=False`): it would cost a
    third of the deliveries.
    """

    def __init__(self, edge: Edge[ViewerT]) -> None:
        self.edge = edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one socket until one side closes it."""
        await receive()
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            reason = f"Subprotocol not acceptable: speak {PROTOCOL}"
            await send({"type": "websocket.close", "code": 4406, "reason": reason})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        session = Session(self.edge, scope, receive, send)
        forget_handshake(scope)
        try:
            leave = await self._opened(session)
        except Closing as closing:
            await session.channel.close(closing.code, closing.reason)
            return
        try:
            await session.run()
        finally:
            leave()

    async def _opened(self, session: Session[ViewerT]) -> Leave:
        door = self.edge.door
        return nothing if door is None else await door.open(session.admission.credentials.address)
