"""How every subscription listens: authorise, wait for an event, reload, yield.

The client that was cut off sends the last cursor it saw as `after` (or, over server-sent events,
as Last-Event-ID) and is given what it missed first.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

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
    since = after or context.last_event_id
    async with aclosing(context.services.events.listen(topic, types, since)) as events:
        async for delivered in events:
            try:
                value = await load(delivered)
            except (NotFound, Forbidden):
                continue
            if value is not None:
                context.extensions["cursor"] = delivered.cursor
                yield value
