"""One loader: gives what keys name, with one call for all keys that are asked for together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Load = Callable[[list[str]], Awaitable[Sequence[Any]]]
"""One entry a key, in their order; an exception in the place of one that failed."""


class Batch:
    """Keys that are asked for together. `found` is there when they were answered."""

    __slots__ = ("found", "keys", "waiting")

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.found: dict[str, Any] | None = None
        self.waiting: list[tuple[asyncio.Future[Any], str | None]] = []

    def wait(self, key: str | None = None) -> asyncio.Future[Any]:
        """Gives the value of a key, or nothing; whoever stops waiting takes it from nobody."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.found is None:
            self.waiting.append((answer, key))
        else:
            self.tell(answer, key, self.found)
        return answer

    def answer(self, found: dict[str, Any]) -> None:
        """Tell all who wait."""
        self.found = found
        for answer, key in self.waiting:
            if not answer.done():
                self.tell(answer, key, found)
        self.waiting.clear()

    def tell(self, answer: asyncio.Future[Any], key: str | None, found: dict[str, Any]) -> None:
        """Tell one of them."""
        value = None if key is None else found[key]
        if isinstance(value, Exception):
            answer.set_exception(value)
        else:
            answer.set_result(value)


class Loader:
    """What it has loaded it keeps: it lives as long as one operation."""

    __slots__ = ("_batches", "_load", "_next", "_tasks")

    def __init__(self, load: Load) -> None:
        self._load = load
        self._batches: dict[str, Batch] = {}
        self._next: Batch | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, key: str) -> asyncio.Future[Any]:
        """What a key names."""
        return self._batch(key).wait(key)

    async def load_level(self, keys: Sequence[str]) -> list[Any]:
        """What each key names, in their order; the exception in the place of one that failed.

        One wait for all of them, however many they are.
        """
        asked = {key: self._batch(key) for key in keys}
        for batch in dict.fromkeys(asked.values()):
            if batch.found is None:
                await batch.wait()
        return [(asked[key].found or {})[key] for key in keys]

    def _batch(self, key: str) -> Batch:
        """The batch that a key is in; it joins the one that gathers if it is in none."""
        known = self._batches.get(key)
        if known is not None:
            return known
        batch = self._next
        if batch is None:
            batch = self._next = Batch()
            asyncio.get_running_loop().call_soon(self._begin, batch)
        batch.keys.append(key)
        self._batches[key] = batch
        return batch

    def _begin(self, batch: Batch) -> None:
        """The task begins with the turn after the next: those that begin now can still join."""
        task = asyncio.get_running_loop().create_task(self._run(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, batch: Batch) -> None:
        self._next = None
        try:
            found = await self._load(batch.keys)
            batch.answer(dict(zip(batch.keys, found, strict=True)))
        except Exception as error:
            batch.answer(dict.fromkeys(batch.keys, error))
        except BaseException:
            batch.answer(dict.fromkeys(batch.keys, RuntimeError("The process is stopping.")))
            raise
