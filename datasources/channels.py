"""Channels: one pub/sub connection a process, however many listen.

What is wanted and what the connection has asked for are compared, and the difference is sent:
so it is the same path for a new channel, for one that nobody wants any more, and for all of
them after the connection was lost.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
from collections.abc import Callable

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from datasources.failures import Unavailable, redis_failures
from datasources.redis import DRIVER, Redis
from datasources.tasks import end

logger = logging.getLogger(__name__)

HEARTBEAT = 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
TURN = 64
"""How many messages are handed on at most before those who were told have a turn."""


class Watch:
    """Interest in one channel, until it is closed.

    `receive` is called with each message. `confirmed` is called whenever the subscription
    has become good: whatever was published before that may have been missed.
    """

    __slots__ = ("_channels", "channel", "confirmed", "receive")

    def __init__(
        self,
        channels: Channels,
        channel: str,
        receive: Callable[[str], None],
        confirmed: Callable[[], None] | None,
    ) -> None:
        self._channels = channels
        self.channel = channel
        self.receive = receive
        self.confirmed = confirmed

    async def ready(self) -> None:
        """Return when messages arrive; `Unavailable` where Redis is away."""
        await self._channels.ready(self.channel)

    def close(self) -> None:
        """Want it no more."""
        self._channels.drop(self)


class Channels:
    """The connection. It lives between `start` and `close`, and comes back when it was lost."""

    def __init__(self, redis: Redis, *, heartbeat: float = HEARTBEAT) -> None:
        self._redis = redis
        self._heartbeat = heartbeat
        self._pool: ConnectionPool = ConnectionPool.from_url(
            redis.url,
            decode_responses=True,
            protocol=2,
            socket_timeout=None,
            socket_connect_timeout=1.0,
            retry=Retry(NoBackoff(), 0),
            driver_info=DRIVER,
        )
        self._watches: dict[str, list[Watch]] = {}
        self._asked: set[str] = set()
        self._pending: dict[str, int] = {}
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._changed = asyncio.Event()
        self._heard = False
        self._away = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to connect; it goes on in the background."""
        self._task = asyncio.create_task(self._run(), name="channels")

    async def close(self) -> None:
        """Give the connection back."""
        if self._task is not None:
            await end(self._task)
        self._refuse()

    def watch(
        self,
        channel: str,
        receive: Callable[[str], None],
        confirmed: Callable[[], None] | None = None,
    ) -> Watch:
        """Listen to a channel from as soon as Redis can be told so."""
        watch = Watch(self, channel, receive, confirmed)
        self._watches.setdefault(channel, []).append(watch)
        self._changed.set()
        return watch

    def drop(self, watch: Watch) -> None:
        """Listen no more; the last one to go ends the subscription."""
        watches = self._watches.get(watch.channel, [])
        if watch in watches:
            watches.remove(watch)
        if not watches:
            self._watches.pop(watch.channel, None)
            self._changed.set()

    async def ready(self, channel: str) -> None:
        """Return when the channel is subscribed; `Unavailable` where Redis is away."""
        if channel in self._asked and channel not in self._pending:
            return
        if self._away:
            raise Unavailable("cache")
        waiting = self._waiting.get(channel)
        if waiting is None:
            waiting = self._waiting[channel] = asyncio.get_running_loop().create_future()
        await asyncio.shield(waiting)

    async def publish(self, channel: str, message: str) -> None:
        """Tell all processes that listen now. Nothing is kept for those that do not."""
        with redis_failures():
            await self._redis.client.publish(channel, message)

    async def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            try:
                await self._session()
            except* Exception as lost:
                pause = SHORTEST_PAUSE if self._heard else min(LONGEST_PAUSE, pause * 2)
                if self._heard:
                    logger.warning("the connection to Redis was lost: %s", lost.exceptions[0])
            self._heard = False
            self._asked.clear()
            self._pending.clear()
            await asyncio.sleep(pause)

    def _refuse(self) -> None:
        self._away = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Unavailable("cache"))
                waiting.exception()
        self._waiting.clear()

    async def _session(self) -> None:
        connection: AbstractConnection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            await self._connect(connection)
            self._changed.set()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write(connection))
                tasks.create_task(self._beat(connection))
                tasks.create_task(self._read(connection))
        finally:
            await connection.disconnect(nowait=True)

    async def _connect(self, connection: AbstractConnection) -> None:
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
        except (RedisError, OSError):
            self._refuse()
            raise
        self._away = False

    async def _write(self, connection: AbstractConnection) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            unwanted = self._asked - self._watches.keys()
            wanted = self._watches.keys() - self._asked
            self._asked = set(self._watches)
            for channel in wanted:
                self._pending[channel] = self._pending.get(channel, 0) + 1
            if unwanted:
                await self._send(connection, "UNSUBSCRIBE", *unwanted)
            if wanted:
                await self._send(connection, "SUBSCRIBE", *wanted)

    async def _beat(self, connection: AbstractConnection) -> None:
        while True:
            self._heard = False
            await self._send(connection, "PING")
            await asyncio.sleep(self._heartbeat)
            if not self._heard:
                raise ConnectionResetError("Redis has not answered a ping")

    async def _send(self, connection: AbstractConnection, *command: str) -> None:
        if not connection.is_connected:
            raise ConnectionResetError
        await connection.send_command(*command, check_health=False)

    async def _read(self, connection: AbstractConnection) -> None:
        for number in itertools.count():
            if number % TURN == 0:
                await asyncio.sleep(0)
            found = await connection.read_response(timeout=math.inf, disconnect_on_error=False)
            self._heard = True
            match found:
                case ["message", str(channel), str(message)]:
                    self._receive(channel, message)
                case ["subscribe", str(channel), _]:
                    self._confirm(channel)

    def _receive(self, channel: str, message: str) -> None:
        for watch in tuple(self._watches.get(channel, ())):
            try:
                watch.receive(message)
            except Exception:
                logger.exception("a listener of %s failed", channel)

    def _confirm(self, channel: str) -> None:
        self._pending[channel] = self._pending.get(channel, 1) - 1
        if self._pending[channel] > 0:
            return
        del self._pending[channel]
        for watch in tuple(self._watches.get(channel, ())):
            if watch.confirmed is not None:
                watch.confirmed()
        waiting = self._waiting.pop(channel, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
