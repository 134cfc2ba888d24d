"""The hub: what a topic tells is handed to all who listen to it in this process.

A listener either reads its topic's stream, page by page, or takes what is published. It goes
from the one to the other when it has read all there is and nothing was published meanwhile, and
back whenever something may have been missed. What it took already is told by its position, so
there is neither a gap nor a repeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from datasources.channels import Channels, Watch
from datasources.failures import Unavailable
from datasources.streams import Delivered, Position, Streams, Trimmed, delivered, position
from services.failures import Failure

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


class Topic:
    """One topic as this process hears it."""

    __slots__ = ("listeners", "watch")

    def __init__(self, channels: Channels, channel: str) -> None:
        self.listeners: dict[Listener, None] = {}
        self.watch: Watch = channels.watch(channel, self._receive, self._confirmed)

    def _receive(self, message: str) -> None:
        found = delivered(message)
        at = position(found.cursor)
        for listener in tuple(self.listeners):
            listener.offer(found, at)

    def _confirmed(self) -> None:
        for listener in self.listeners:
            listener.catch_up()


class Hub:
    """All topics that someone in this process listens to. `capacity` is of a listener's queue."""

    def __init__(self, channels: Channels, streams: Streams, *, capacity: int = 256) -> None:
        self.capacity = capacity
        self.streams = streams
        self._channels = channels
        self._topics: dict[str, Topic] = {}

    def listen(
        self, topic: str, types: Collection[str] | None = None, after: Position | None = None
    ) -> Listener:
        """A listener that has not started yet."""
        return Listener(self, topic, types, after)

    async def close(self) -> None:
        """End all listeners."""
        for topic in tuple(self._topics.values()):
            for listener in tuple(topic.listeners):
                await listener.aclose()

    @property
    def listening(self) -> int:
        """How many listeners are given all that is told from now on."""
        return sum(len(topic.listeners) for topic in self._topics.values())

    def join(self, name: str, listener: Listener) -> Watch:
        """Offer the topic's events to the listener."""
        topic = self._topics.get(name)
        if topic is None:
            topic = self._topics[name] = Topic(self._channels, self.streams.channel(name))
        topic.listeners[listener] = None
        return topic.watch

    def leave(self, name: str, listener: Listener) -> None:
        """Offer it no more; the last one to leave ends the subscription."""
        topic = self._topics.get(name)
        if topic is None or listener not in topic.listeners:
            return
        del topic.listeners[listener]
        if not topic.listeners:
            self._topics.pop(name).watch.close()


class Listener:
    """Events of one topic, in order, each once: iterate over it, and `aclose` it at the end.

    Raises `CursorExpired` where events may have been missed for good, `SlowConsumer` where
    too many wait, and `Unavailable` where Redis is away as it starts; later it waits for it.
    """

    __slots__ = (
        "_behind", "_ended", "_from_now", "_hub", "_missed",
        "_queue", "_seen", "_topic", "_types", "_waiter",
    )  # fmt: skip

    def __init__(
        self, hub: Hub, topic: str, types: Collection[str] | None, after: Position | None
    ) -> None:
        self._hub = hub
        self._topic = topic
        self._types = types
        self._from_now = after is None
        self._seen = after or (0, 0)
        self._behind: bool | None = None
        self._missed = False
        self._queue: list[Delivered] = []
        self._ended: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

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
        self._end(StopAsyncIteration())

    def offer(self, found: Delivered, at: Position) -> None:
        """Take what was published, unless it was had before or will be read from the stream."""
        if self._behind:
            self._missed = True
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
