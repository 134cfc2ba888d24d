"""How many sockets and subscriptions a caller, and an address, may hold at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from datasources.places import Place, Places
from services.failures import Failure
from services.limits import bucket
from services.viewer import ANONYMOUS, Viewer

CALLER = "caller"
ADDRESS = "address"
Leave = Callable[[], None]
"""Gives back what was taken; to be called once."""


class TooManySockets(Failure):
    """The caller, or its address, has as many sockets open as it may."""

    code = "TOO_MANY_SOCKETS"

    def __init__(self, allowed: int, whose: str) -> None:
        super().__init__(
            f"Too many sockets: {allowed} are open for this {whose}. Close one first.",
            allowed=allowed,
        )


class TooManySubscriptions(Failure):
    """The caller, or its address, has as many subscriptions running as it may."""

    code = "TOO_MANY_SUBSCRIPTIONS"

    def __init__(self, allowed: int, whose: str) -> None:
        super().__init__(
            f"Too many subscriptions: {allowed} run for this {whose}. Complete one first.",
            allowed=allowed,
        )


class Occupancy:
    """Takes places for callers.

    `sockets` and `subscriptions` say how many a `caller` (a user, or an API key) and an `address`
    may hold; what is not named is not counted.
    """

    def __init__(
        self, places: Places, sockets: Mapping[str, int], subscriptions: Mapping[str, int]
    ) -> None:
        self._places = places
        self._sockets = sockets
        self._subscriptions = subscriptions

    async def open(self, address: str) -> Leave:
        """A socket of somebody who is not known yet. Raises TooManySockets."""
        wanted = named("sockets", where(address), self._sockets)
        return await self._take(wanted, TooManySockets)

    async def enter(self, viewer: Viewer) -> Leave:
        """The same socket, now that it is known whose it is. Raises TooManySockets."""
        wanted = named("sockets", whose(viewer), self._sockets)
        return await self._take(wanted, TooManySockets)

    async def subscribe(self, viewer: Viewer, address: str) -> Leave:
        """A subscription, on whatever transport. Raises TooManySubscriptions."""
        holders = {**whose(viewer), **where(address)}
        wanted = named("subscriptions", holders, self._subscriptions)
        return await self._take(wanted, TooManySubscriptions)

    async def _take(
        self, wanted: Mapping[str, Place], failure: Callable[[int, str], Failure]
    ) -> Leave:
        places = tuple(wanted.values())
        if not places:
            return nothing
        full = await self._places.take(*places)
        for kind, place in wanted.items():
            if place == full:
                raise failure(place.limit, kind)
        return lambda: self._places.leave(*places)


def whose(viewer: Viewer) -> dict[str, str]:
    """The caller by the name of its bucket; nobody where it is not signed in."""
    return {CALLER: bucket(viewer, "")} if viewer.signed_in else {}


def where(address: str) -> dict[str, str]:
    """The address by a name that does not tell it; nothing where it is not known."""
    return {ADDRESS: bucket(ANONYMOUS, address)} if address else {}


def named(what: str, holders: Mapping[str, str], limits: Mapping[str, int]) -> Mapping[str, Place]:
    """The places that holders need of what is limited, by whose they are."""
    return {
        kind: Place(f"{what}:{name}", limits[kind])
        for kind, name in holders.items()
        if kind in limits
    }


def nothing() -> None:
    """Gives nothing back, as nothing was taken."""
