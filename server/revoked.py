"""Sessions and keys that end: their sockets are closed at once, in every process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson
import structlog

from datasources.failures import Unavailable
from server.compose import Backend
from server.edge import Edge
from services.endings import REVOKED
from services.viewer import Viewer

REASON = "The session was ended"

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Revoked:
    """Closes what was revoked as soon as that is told.

    What was told while Redis was out of reach nobody heard; so once it is back, every open
    socket is asked after.
    """

    def __init__(self, made: Backend, edge: Edge[Viewer]) -> None:
        self._made = made
        self._edge = edge
        self._asking: asyncio.Task[None] | None = None

    def watch(self) -> Callable[[], None]:
        """Begin; what is returned ends it."""
        watch = self._made.events.on_broadcast(REVOKED, self._told, self._heard_again)

        def stop() -> None:
            watch.close()
            if self._asking is not None:
                self._asking.cancel()

        return stop

    def _told(self, payload: str) -> None:
        told = orjson.loads(payload)
        tokens, keys = set(told.get("tokenIds", ())), set(told.get("apiKeyIds", ()))

        def revoked(viewer: object) -> bool:
            if not isinstance(viewer, Viewer):
                return False
            return viewer.token_id in tokens or (viewer.key is not None and viewer.key.id in keys)

        self._edge.sockets.close_where(revoked, reason=REASON)

    def _heard_again(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        """Ask after everyone who is connected, all at once: the reads share their commands."""
        viewers = {c.viewer for c in self._edge.sockets if isinstance(c.viewer, Viewer)}
        signed_in = [viewer for viewer in viewers if viewer.signed_in]
        try:
            found = await asyncio.gather(*map(self._made.services.authentication.ended, signed_in))
        except Unavailable:
            log.warning("open sockets could not be asked after; the next reconnection will")
            return
        ended = {viewer for viewer, over in zip(signed_in, found, strict=True) if over}
        if ended:
            self._edge.sockets.close_where(lambda viewer: viewer in ended, reason=REASON)
