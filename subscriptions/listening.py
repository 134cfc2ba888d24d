"""How every subscription listens: authorise, wait for an event, reload, yield.

The client that was cut off sends the last cursor it saw as `after` (or, over server-sent events,
as Last-Event-ID) and is given what it missed first.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from datasources.spans import Span, current
from schema.context import Context
from services.events import Delivered
from services.failures import Forbidden, NotFound

T = TypeVar("T")


async def listen(
    context: Context,
    topic: str,
    types: frozenset[str],
    after: str | None,
    load: Callable[[Delivered], Awaitable[T | None]],
) -> AsyncGenerator[T, None]:
    """Yield what `load` makes of each event; None, and what may no longer be seen, is passed over.

    `load` asks a service as the viewer, each time, so a role that was taken away is felt by the
    next event.
    """
    since, subscribed = after or context.last_event_id, current.get()
    async with aclosing(context.services.events.listen(topic, types, since)) as events:
        async for delivered in events:
            delivery = begun(subscribed, delivered)
            try:
                value = await load(delivered)
                if value is not None:
                    context.extensions["cursor"] = delivered.cursor
                    yield value
            except (NotFound, Forbidden):
                continue
            finally:
                if delivery is not None:
                    delivery.end()


def begun(subscribed: Span | None, delivered: Delivered) -> Span | None:
    """The delivery of an event in the trace of what caused it, where traces are kept.

    It lasts until the client has taken the answer, and is linked to the operation that subscribed.
    """
    if subscribed is None:
        return None
    event = delivered.event
    span = subscribed.follow(f"deliver {event.type}", event.traceparent, {"event.type": event.type})
    current.set(span)
    return span
