"""Reads that are asked for at the same time leave as one command.

Nothing is kept once it was answered, so nothing is stale: a caller only ever joins a command
that has not been sent yet. While one command is under way the next one gathers, and for a moment
after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from datasources.failures import Unavailable
from datasources.spans import Span, current, within

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

TURNS = 3
"""How many turns of the event loop a batch waits at most, as long as each brings it company."""

LINGER = 0.005
"""The seconds that a batch waits for more where somebody came while the one before was under way.

The process is busy then, and each command it does not have to send is time that all others get.
One who asks alone never waits.
"""

OVERDUE = 0.05
"""Seconds after which a command that was not answered holds up nobody any more: the next one leaves
beside it.
"""


class Batch(Generic[K, R]):
    """Keys that will be asked for together, and the callers that wait for the answer.

    `span` is that of the first caller who is traced: what is asked is shown below it, and the
    others are linked to it.
    """

    __slots__ = ("keys", "span", "waiting")

    def __init__(self) -> None:
        self.span: Span | None = None
        self.keys: dict[K, None] = {}
        self.waiting: list[asyncio.Future[Mapping[K, R]]] = []

    def join(self, keys: Sequence[K], span: Span | None) -> asyncio.Future[Mapping[K, R]]:
        """Ask for these, too. One who stops waiting takes nothing from the others."""
        self.keys.update(dict.fromkeys(keys))
        if span is not None:
            if self.span is None:
                self.span = span
            else:
                span.link(self.span)
        answer: asyncio.Future[Mapping[K, R]] = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        return answer


class Coalescer(Generic[K, R]):
    """Joins concurrent reads. `fetch` takes distinct keys and gives what exists, by key.

    `name` is what traces call them.
    """

    def __init__(self, fetch: Callable[[list[K]], Awaitable[Mapping[K, R]]], name: str) -> None:
        self._fetch = fetch
        self._name = f"read {name}"
        self._next: Batch[K, R] | None = None
        self._runner: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is under way or waits."""
        return self._runner is None

    async def get_many(self, keys: Sequence[K], name: str | None = None) -> list[R | None]:
        """One entry a key, in the order asked; None where nothing has that key.

        `name` is what a trace calls it, if not as the others.
        """
        if not keys:
            return []
        span = current.get()
        if span is None:
            return await self._joined(keys, None)
        with within(span.child(name or self._name, facts={"keys": len(keys)})) as reading:
            return await self._joined(keys, reading)

    async def _joined(self, keys: Sequence[K], span: Span | None) -> list[R | None]:
        batch = self._next
        if batch is None:
            batch = self._next = Batch()
        answer = batch.join(keys, span)
        if self._runner is None:
            self._runner = asyncio.get_running_loop().create_task(self._run())
        try:
            found = await answer
        except Unavailable:
            raise  # the engine is away for each as for all: to ask again alone would be a stampede
        except Exception:
            if len(batch.keys) == len(set(keys)):
                raise
            found = await self._fetch(list(dict.fromkeys(keys)))
        return [found.get(key) for key in keys]

    async def _run(self) -> None:
        me, loop = self._runner, asyncio.get_running_loop()
        try:
            while me is self._runner and (batch := self._next) is not None:
                await company(batch)
                self._next = None
                overdue = loop.call_later(OVERDUE, self._go_past)
                try:
                    await self._answer(batch)
                finally:
                    overdue.cancel()
                if me is self._runner and self._next is not None:
                    await asyncio.sleep(LINGER)
        finally:
            if me is self._runner:
                self._runner = None

    def _go_past(self) -> None:
        """Leave the command that is under way to itself; who waits behind it waits no more."""
        self._runner = None
        if self._next is not None:
            self._runner = asyncio.get_running_loop().create_task(self._run())

    async def _answer(self, batch: Batch[K, R]) -> None:
        current.set(batch.span)
        try:
            found = await self._fetch(list(batch.keys))
        except BaseException as error:
            told = error if isinstance(error, Exception) else Cancelled()
            for answer in batch.waiting:
                if not answer.done():
                    answer.set_exception(told)
            if not isinstance(error, Exception):
                raise
        else:
            for answer in batch.waiting:
                if not answer.done():
                    answer.set_result(found)


async def company(batch: Batch[K, R]) -> None:
    """Let a batch grow as long as each turn of the loop adds to it; one alone goes at once."""
    size = 1
    for _ in range(TURNS):
        if len(batch.waiting) <= size:
            return
        size = len(batch.waiting)
        await asyncio.sleep(0)


class Cancelled(Exception):
    """The process is stopping; the read was not answered."""
