"""What can be followed by many together, and who follows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

from execution.errors import RequestRejected
from server.watch import Watch
from services.events import Delivered, Listener, Position, SlowConsumer
from services.places import Leave

if TYPE_CHECKING:
    from server.audience import Audience
    from server.edge import Credentials

ViewerT = TypeVar("ViewerT")
ViewerT_contra = TypeVar("ViewerT_contra", contravariant=True)


class Followed(Protocol[ViewerT_contra]):
    """What is the same for all who follow it: which events, and what they tell."""

    @property
    def key(self) -> Hashable:
        """Equal where the same events tell the same."""

    def listen(self, after: str | None) -> Listener:
        """Its events from now on, or from a cursor."""

    async def tell(
        self, delivered: Delivered, viewers: Sequence[ViewerT_contra]
    ) -> tuple[object | None, Sequence[bool]]:
        """What an event tells, None for nothing, and which of these viewers may be told."""


@runtime_checkable
class Following(Protocol):
    """The source of a subscription that can be followed with others, from `after` on."""

    after: str | None

    @property
    def followed(self) -> Followed[Any]:
        """What it follows."""


@dataclass(frozen=True, slots=True)
class Caller(Generic[ViewerT]):
    """All that a context is made of: equal callers are given equal ones."""

    viewer: ViewerT
    credentials: Credentials

    def __hash__(self) -> int:
        return hash((self.viewer, self.credentials.address, self.credentials.authorization))


@dataclass(frozen=True, slots=True)
class Answer:
    """What an event is answered with: JSON in UTF-8, and the cursor to go on after it, also as
    the position that it names.
    """

    body: bytes
    cursor: str
    at: Position


class Follower(ABC, Generic[ViewerT]):
    """One subscription in an audience: where its answers go.

    It is told what lies behind `since`; `audience` is None once it has left. `leave` gives its
    place back.
    """

    __slots__ = ("audience", "caller", "leave", "since", "watch")

    def __init__(self, caller: Caller[ViewerT], watch: Watch, leave: Leave) -> None:
        self.caller = caller
        self.watch = watch
        self.leave = leave
        self.since: Position = (0, 0)
        self.audience: Audience[ViewerT] | None = None

    @abstractmethod
    def deliver(self, answers: Sequence[Answer]) -> None:
        """Take answers, in their order; at once, for others wait."""

    @abstractmethod
    def over(self, rejection: RequestRejected | None) -> None:
        """Hear that there will be no more; of a failure, if it is one."""

    def cancel(self) -> None:
        """Be told nothing from now on."""
        self._quit(None)

    def end(self, rejection: RequestRejected | None = None) -> None:
        """End it from the other side: it is told so."""
        if self._quit(rejection):
            self.over(rejection)

    def renew(self, caller: Caller[ViewerT]) -> None:
        """The same person, with another token: asked for as that one from now on."""
        if self.audience is not None:
            self.audience.renew(self, caller)

    def _quit(self, rejection: RequestRejected | None) -> bool:
        """Leave the audience, if it is in one; what was noted of it is written down."""
        audience, self.audience = self.audience, None
        if audience is None:
            return False
        audience.remove(self)
        self.leave()
        self.watch.end(rejection)
        return True


def too_slow(capacity: int) -> RequestRejected:
    """The end of one that reads more slowly than events come."""
    slow = SlowConsumer(capacity)
    failure = {"message": str(slow), "extensions": {"code": slow.code}}
    return RequestRejected([failure], slow.close_code)
