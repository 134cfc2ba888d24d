"""How every subscription listens: wait for an event, ask who may be told, reload, tell.

The client that was cut off sends the last cursor it saw as `after` (or, over server-sent events,
as Last-Event-ID) and is given what it missed first.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from datasources.spans import Span, current, within
from schema.context import Context
from services.events import Delivered, Listener, cursor_of
from services.services import Services
from services.viewer import Viewer

T = TypeVar("T")

Told: TypeAlias = tuple[T | None, Sequence[bool]]
"""What an event tells, None for nothing at all, and which of the viewers may be told."""

Tell: TypeAlias = Callable[[Services, Delivered, Sequence[Viewer]], Awaitable[Told[T]]]
"""Makes of an event what it tells. A function of a module, so that no caller is in its reach."""


@dataclass(frozen=True, slots=True)
class Followed(Generic[T]):
    """What is the same for all who follow it: a topic, some types of its events, what they tell."""

    services: Services
    topic: str
    types: frozenset[str]
    make: Tell[T]

    @property
    def key(self) -> Hashable:
        """Equal where the same events tell the same."""
        return self.topic, self.types, self.make

    def listen(self, after: str | None) -> Listener:
        """Its events from now on, or from a cursor."""
        return self.services.events.listen(self.topic, self.types, after, patient=True)

    async def tell(self, delivered: Delivered, viewers: Sequence[Viewer]) -> Told[T]:
        """What the event tells, read now, and which of these viewers may be told, asked now."""
        return await self.make(self.services, delivered, viewers)


class Following(Generic[T]):
    """The source of one subscription. It can be iterated over alone, or be followed with others.

    `after` is the cursor to go on from.
    """

    __slots__ = ("_context", "after", "followed")

    def __init__(self, context: Context, followed: Followed[T], after: str | None) -> None:
        self._context = context
        self.followed = followed
        self.after = after

    async def __aiter__(self) -> AsyncGenerator[T, None]:
        context, subscribed = self._context, current.get()
        async with aclosing(self.followed.listen(self.after)) as events:
            async for delivered in events:
                with ExitStack() as stack:
                    if subscribed is not None:
                        stack.enter_context(within(delivery(subscribed, delivered)))
                    value, allowed = await self.followed.tell(delivered, [context.viewer])
                    if value is not None and allowed[0]:
                        context.extensions["cursor"] = delivered.cursor
                        yield value


def delivery(subscribed: Span, delivered: Delivered) -> Span:
    """The delivery of an event in the trace of what caused it, linked to the operation that
    subscribed. It has to be ended.
    """
    event = delivered.event
    return subscribed.follow(f"deliver {event.type}", event.traceparent, {"event.type": event.type})


def follow(
    context: Context, topic: str, types: frozenset[str], after: str | None, make: Tell[T]
) -> Following[T]:
    """Follow a topic as the viewer, who may. Raises `BadInput` for what is no cursor.

    `make` asks a service for each event, so a role that was taken away is felt by the next one.
    """
    since = after or context.last_event_id
    if since:
        cursor_of(since)
    return Following(context, Followed(context.services, topic, types, make), since)
