"""How the transports count what a caller holds open, and say that it is too much."""

from __future__ import annotations

from typing import Protocol, TypeVar

from datasources.places import Places
from execution.errors import failure
from server.refused import StatusRejected
from server.settings import Settings
from server.ws_channel import Closing
from services.failures import Failure
from services.places import Leave, Occupancy
from services.viewer import Viewer

TOO_MANY = 4429

ViewerT_contra = TypeVar("ViewerT_contra", contravariant=True)


class Doorkeeper(Protocol[ViewerT_contra]):
    """Lets sockets and subscriptions in, as many as a caller may have. What it gives is called
    when they end.
    """

    async def open(self, address: str) -> Leave:
        """A socket, before it is known whose. Raises Closing."""

    async def enter(self, viewer: ViewerT_contra) -> Leave:
        """The same socket, once that is known. Raises Closing."""

    async def subscribe(self, viewer: ViewerT_contra, address: str) -> Leave:
        """A subscription on any transport. Raises RequestRejected."""


class Door:
    """The doorkeeper of this server."""

    def __init__(self, occupancy: Occupancy) -> None:
        self._occupancy = occupancy

    async def open(self, address: str) -> Leave:
        """As the protocol has it."""
        try:
            return await self._occupancy.open(address)
        except Failure as refusal:
            raise Closing(TOO_MANY, str(refusal)) from None

    async def enter(self, viewer: Viewer) -> Leave:
        """As the protocol has it."""
        try:
            return await self._occupancy.enter(viewer)
        except Failure as refusal:
            raise Closing(TOO_MANY, str(refusal)) from None

    async def subscribe(self, viewer: Viewer, address: str) -> Leave:
        """As the protocol has it; over HTTP the status is 429."""
        try:
            return await self._occupancy.subscribe(viewer, address)
        except Failure as refusal:
            told = failure(str(refusal), refusal.code, **refusal.extensions)
            raise StatusRejected(told, 429) from None


def door(settings: Settings, places: Places) -> Door:
    """The door that the settings describe."""
    return Door(Occupancy(places, settings.socket_limits, settings.subscription_limits))
