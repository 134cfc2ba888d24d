"""Events that come faster than anybody looks: the latest of them, at most so often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Generic, TypeVar

from datasources.tasks import end

T = TypeVar("T")


class Latest(Generic[T]):
    """Takes all that comes, and keeps the last of it."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self.come = asyncio.Event()

    async def take(self, events: AsyncIterator[T]) -> None:
        """Until they end, or fail."""
        try:
            async for each in events:
                self.values = [each]
                self.come.set()
        finally:
            self.come.set()


async def coalesced(events: AsyncIterator[T], seconds: float) -> AsyncGenerator[T, None]:
    """The latest event, at once after a pause, else so many seconds after the one before.

    None is lost that nothing follows; what the events raise is raised.
    """
    latest: Latest[T] = Latest()
    taking = asyncio.create_task(latest.take(events))
    try:
        while True:
            await latest.come.wait()
            if taking.done():
                taking.result()
                return
            latest.come.clear()
            yield latest.values[0]
            await asyncio.sleep(seconds)
    finally:
        await end(taking)
