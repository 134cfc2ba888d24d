"""A listener of one topic: what it missed first, then what comes.

A listener either reads its topic's stream, page by page, or takes what is published. It goes
from the one to the other when it has read all there is and nothing was published meanwhile, and
back whenever something may have been missed. What it took already is told by its position, so
there is neither a gap nor a repeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from datasources.failures import Unavailable
from datasources.streams import Delivered, Position, Trimmed, position
from services.failures import Failure

if TYPE_CHECKING:
    from services.hub import Hub

RETRY = 0.25


class CursorExpired(Failure):
    """What followed the cursor may have been dropped: some of it can't be replayed."""

    code = "CURSOR_EXPIRED"

    def __init__(self) -> None:
        super().__init__(
            "The cursor is older than the events that are kept. "
            "Read the current state again, then subscribe without `after`."
        )


class SlowConsumer(Failure):
    """The listener takes events more slowly than they come."""

    code = "SLOW_CONSUMER"
    close_code = 1013

    def __init__(self, capacity: int) -> None:
        super().__init__(
            f"More than {capacity} events were waiting for you. "
            "Subscribe again with `after` set to the last cursor that you have."
        )


class Listener:
    """Events of one topic, in order, each once: iterate over it, and `aclose` it at the end.

    Raises `CursorExpired` where events may have been missed for good, `SlowConsumer` where
    too many wait, and `Unavailable` where Redis is away as it starts; later it waits for it.
    A `patient` one is never too slow: what has no room it reads from the stream afterwards.
    """

    __slots__ = (
        "_behind", "_ended", "_from_now", "_hub", "_missed", "_patient",
        "_queue", "_seen", "_topic", "_types", "_waiter", "followers",
    )  # fmt: skip

    def __init__(
        self,
        hub: Hub,
        topic: str,
        types: Collection[str] | None,
        after: Position | None,
        patient: bool = False,
    ) -> None:
        self.followers = 1
        """How many are told what this one hears."""
        self._hub = hub
        self._patient = patient
        self._topic = topic
        self._types = types
        self._from_now = after is None
        self._seen = after or (0, 0)
        self._behind: bool | None = None
        self._missed = False
        self._queue: list[Delivered] = []
        self._ended: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def position(self) -> Position:
        """The place of the last event that it took, or read; (0, 0) before it has started."""
        return self._seen

    @property
    def started(self) -> bool:
        """Whether all that is told from now on reaches it, sooner or later."""
        return self._behind is not None

    @property
    def live(self) -> bool:
        """Whether it takes what is published, and has nothing to read first."""
        return self._behind is False and self._ended is None

    @property
    def idle(self) -> bool:
        """Whether it is live and everything that it took was fetched."""
        return self.live and not self._queue

    def __aiter__(self) -> Listener:
        return self

    async def __anext__(self) -> Delivered:
        await self.start()
        while not self._queue:
            if self._ended is not None:
                raise self._ended
            if self._behind:
                await self._follow()
            else:
                await self._wait(None)
        return self._queue.pop(0)

    async def start(self) -> None:
        """Listen from now on, or from the cursor; the first step of the iteration does it too."""
        if self._behind is not None or self._ended is not None:
            return
        if self._from_now:
            self._seen = position(await self._hub.streams.stand(self._topic))
        self._behind = True
        watch = self._hub.join(self._topic, self)
        try:
            await watch.ready()
            await self._read()
        except BaseException as error:
            self._end(error if isinstance(error, Exception) else StopAsyncIteration())
            raise

    async def aclose(self) -> None:
        """Listen no more; whoever waits for the next event is told that there is none."""
        self.close()

    def close(self) -> None:
        """The same, at once."""
        self._end(StopAsyncIteration())

    def offer(self, found: Delivered, at: Position) -> None:
        """Take what was published, unless it was had before or will be read from the stream."""
        if self._behind:
            self._missed = True
        elif self._patient and len(self._queue) >= self._hub.capacity:
            self.catch_up()
        elif at > self._seen:
            self._seen = at
            self._take(found)
            if len(self._queue) > self._hub.capacity:
                self._end(SlowConsumer(self._hub.capacity))
            self._notify()

    def catch_up(self) -> None:
        """Something may have been missed: read on from the stream."""
        self._behind = self._missed = True
        self._notify()

    def _take(self, found: Delivered) -> None:
        if self._types is None or found.event.type in self._types:
            self._queue.append(found)

    async def _follow(self) -> None:
        try:
            await self._read()
        except Unavailable:
            await self._wait(RETRY)
        except Failure as error:
            self._end(error)

    async def _read(self) -> None:
        self._missed = False
        try:
            page = await self._hub.streams.page(self._topic, self._seen)
        except Trimmed:
            raise CursorExpired from None
        if self._ended is None:
            self._seen = page.last
            self._behind = page.more or self._missed
            for found in page.entries:
                self._take(found)

    async def _wait(self, seconds: float | None) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            if seconds is None:
                await self._waiter
            else:
                await asyncio.wait([self._waiter], timeout=seconds)
        finally:
            self._waiter = None

    def _notify(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self, error: Exception) -> None:
        if self._ended is None:
            self._ended = error
            self._queue.clear()
            self._hub.leave(self._topic, self)
            self._notify()
