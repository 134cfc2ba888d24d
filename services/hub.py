"""The hub: what a topic tells is handed to all who listen to it in this process."""

from __future__ import annotations

from collections.abc import Collection

from datasources.channels import Channels, Watch
from datasources.streams import Position, Streams, delivered, position
from services.listener import CursorExpired, Listener, SlowConsumer

__all__ = ["CursorExpired", "Hub", "Listener", "SlowConsumer", "Topic"]


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
        self,
        topic: str,
        types: Collection[str] | None = None,
        after: Position | None = None,
        *,
        patient: bool = False,
    ) -> Listener:
        """A listener that has not started yet."""
        return Listener(self, topic, types, after, patient)

    async def close(self) -> None:
        """End all listeners."""
        for topic in tuple(self._topics.values()):
            for listener in tuple(topic.listeners):
                await listener.aclose()

    @property
    def listening(self) -> int:
        """How many are given all that is told from now on, alone or with others."""
        return sum(
            listener.followers for topic in self._topics.values() for listener in topic.listeners
        )

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
