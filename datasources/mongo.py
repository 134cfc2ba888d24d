"""The database: one client a process, and the transaction that a group of writes shares."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from datasources.command_times import CommandSeen, CommandTimes
from datasources.failures import Unavailable, is_away, mongo_failures
from datasources.joined_reads import JoinedReads

Document = dict[str, Any]
T = TypeVar("T")

current_session: ContextVar[AsyncClientSession | None] = ContextVar("mongo_session", default=None)

_after: ContextVar[dict[Callable[[], None], None] | None] = ContextVar("mongo_after", default=None)

ATTEMPTS = 12


class Mongo:
    """The connection and the one database of this deployment. `timeout` is in seconds.

    `seen` is told of each command, if given.
    """

    def __init__(
        self, url: str, database: str, *, timeout: float = 1.0, seen: CommandSeen | None = None
    ) -> None:
        self.client: AsyncMongoClient[Document] = AsyncMongoClient(
            url,
            tz_aware=True,
            serverSelectionTimeoutMS=int(timeout * 1000),
            connectTimeoutMS=int(timeout * 1000),
            heartbeatFrequencyMS=500,  # how soon a server that hangs is noticed; the least there is
            w="majority",
            appname="brandgraph",
            event_listeners=[CommandTimes(seen)] if seen else [],
        )
        options: CodecOptions[Document] = CodecOptions(tz_aware=True)
        self.database: AsyncDatabase[Document] = self.client.get_database(database, options)
        self.reads = JoinedReads(self.database)

    async def ping(self) -> None:
        """Raise `Unavailable` unless the primary answers."""
        with mongo_failures():
            await self.database.command("ping")

    async def transact(self, change: Callable[[], Awaitable[T]]) -> T:
        """Run `change` in one transaction: all of its writes are kept, or none.

        `change` may run more than once when transactions collide, so it holds nothing but
        reads and writes of this database. A call inside another joins the outer one.
        """
        if current_session.get() is not None:
            return await change()
        with mongo_failures():
            async with self.client.start_session() as session:
                return await self._attempts(session, change)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call once the open transaction is kept, never if it is not; at once where none is open.

        The same callable is called once, however often it was given.
        """
        waiting = _after.get()
        if waiting is None:
            call()
        else:
            waiting[call] = None

    async def _attempts(self, session: AsyncClientSession, change: Callable[[], Awaitable[T]]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._attempt(session, change)
            except PyMongoError as error:
                again = error.has_error_label("TransientTransactionError")
                if is_away(error) or (again and attempt == ATTEMPTS):
                    raise Unavailable("database") from error
                if not again:
                    raise
            await asyncio.sleep(random.uniform(0, 0.002 * 2**attempt))  # noqa: S311
        raise AssertionError("unreachable")

    async def _attempt(self, session: AsyncClientSession, change: Callable[[], Awaitable[T]]) -> T:
        waiting: dict[Callable[[], None], None] = {}
        async with await session.start_transaction():
            token, after = current_session.set(session), _after.set(waiting)
            try:
                result = await change()
            finally:
                current_session.reset(token)
                _after.reset(after)
        for call in waiting:
            call()
        return result

    async def close(self) -> None:
        """Give the sockets back."""
        await self.client.close()
