"""What every resolver is given: who asks, the services, and loaders made for this operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import strawberry

from services.services import Services
from services.viewer import Viewer


class Loader(Protocol):
    """Gives what a key names, one call for all keys that are asked for together."""

    def load(self, key: str) -> Any:
        """An awaitable of what the key names."""


class LoaderSet(Protocol):
    """The loaders of one operation or event, by name."""

    def __getitem__(self, name: str) -> Loader: ...


@dataclass(slots=True)
class Context:
    """One operation's, or one event's, surroundings.

    `extensions` is sent beside the data, `set_cookies` are header values that an HTTP response
    carries. `address` is the client's, for throttling; `cookies` are those it sent.
    """

    viewer: Viewer
    services: Services
    loaders: LoaderSet
    connection_params: Mapping[str, Any] | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    user_agent: str = ""
    last_event_id: str | None = None
    extensions: dict[str, Any] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)


class NotForAll(Exception):
    """Something asked who the caller is, where what is made shall be the same for all."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Nobody in particular asks here, so there is no {name!r}.")


class EveryonesContext:
    """The surroundings of an event that is answered once for all who follow it.

    Whatever belongs to one caller (the viewer, an address, a cookie) is not here. What asks for
    it fails and, whatever it does about that, is noticed: `asked` becomes true. So the answer is
    made of nothing that could differ, or is known not to be.
    """

    __slots__ = ("asked", "extensions", "loaders", "services", "set_cookies")

    def __init__(
        self, services: Services, loaders: Callable[[Callable[[], Viewer]], LoaderSet]
    ) -> None:
        self.asked = False
        self.services = services
        self.extensions: dict[str, Any] = {}
        self.set_cookies: list[str] = []
        self.loaders = loaders(lambda: self.viewer)

    def __getattr__(self, name: str) -> Any:
        self.asked = True
        raise NotForAll(name)


if TYPE_CHECKING:
    Info: TypeAlias = strawberry.Info[Context, None]
else:
    Info = strawberry.Info
