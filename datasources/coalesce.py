"""Reads by id that are asked for at the same time leave as one command.

Nothing is kept once it was answered, so nothing is stale: a caller only ever joins a command
that has not been sent yet. While one command is under way the next one gathers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from datasources.failures import Unavailable
from datasources.spans import Span, current, within

R = TypeVar("R")

Found = Mapping[str, R]


class Batch(Generic[R]):
    """Ids that will be asked for together, and the answer that all callers wait for.

    `span` is that of the first caller who is traced: what is asked is shown below it, and the
    others are linked to it.
    """

    __slots__ = ("done", "ids", "span")

    def __init__(self) -> None:
        self.span: Span | None = None
        self.ids: dict[str, None] = {}
        self.done: asyncio.Future[Found[R]] = asyncio.get_running_loop().create_future()


class Coalescer(Generic[R]):
    """Joins concurrent reads. `fetch` takes distinct ids and gives what exists, by id.

    `name` is what traces call them.
    """

    def __init__(self, fetch: Callable[[list[str]], Awaitable[Found[R]]], name: str) -> None:
        self._fetch = fetch
        self._name = f"read {name}"
        self._next: Batch[R] | None = None
        self._runner: asyncio.Task[None] | None = None

    async def get_many(self, ids: Sequence[str]) -> list[R | None]:
        """One entry an id, in the order asked; None where nothing has that id."""
        if not ids:
            return []
        span = current.get()
        if span is None:
            return await self._joined(ids, None)
        with within(span.child(self._name, facts={"keys": len(ids)})) as reading:
            return await self._joined(ids, reading)

    async def _joined(self, ids: Sequence[str], span: Span | None) -> list[R | None]:
        batch = self._next
        if batch is None:
            batch = self._next = Batch()
        batch.ids.update(dict.fromkeys(ids))
        if span is not None:
            if batch.span is None:
                batch.span = span
            else:
                span.link(batch.span)
        if self._runner is None:
            self._runner = asyncio.get_running_loop().create_task(self._run())
        try:
            found = await asyncio.shield(batch.done)
        except Unavailable:
            raise  # the engine is away for each as for all: to ask again alone would be a stampede
        except Exception:
            if len(batch.ids) == len(set(ids)):
                raise
            found = await self._fetch(list(ids))
        return [found.get(id) for id in ids]

    async def _run(self) -> None:
        try:
            while (batch := self._next) is not None:
                self._next = None
                await self._answer(batch)
        finally:
            self._runner = None

    async def _answer(self, batch: Batch[R]) -> None:
        current.set(batch.span)
        try:
            found = await self._fetch(list(batch.ids))
        except BaseException as error:
            batch.done.set_exception(error if isinstance(error, Exception) else Cancelled())
            batch.done.exception()  # a caller that has gone must not leave a warning behind
            if not isinstance(error, Exception):
                raise
        else:
            batch.done.set_result(found)


class Cancelled(Exception):
    """The process is stopping; the read was not answered."""
