"""One execution of a compiled operation: its errors, and what it waits for."""

import asyncio
from asyncio import CancelledError, Future, Task
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from functools import partial
from inspect import iscoroutine
from typing import Any, TypeAlias

import graphql
from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo

from execution.compiled.errors import Errors, Keys
from execution.compiled.position import (
    Complete,
    Container,
    Field,
    Place,
    Position,
    keys,
    path_of,
)
from execution.compiled.values import failed, settled

Step: TypeAlias = Callable[["Run", Any, None], dict[str, Any]]
"""Resolves all fields of a query at once, or one of a mutation."""

Job: TypeAlias = tuple[Awaitable[Any], Complete, Position, Container, str | int, Place | None]
"""What is awaited, what is then done with it, and where that goes."""

Wanted: TypeAlias = tuple[Any, Position, Container, str | int, Place | None]
"""The key of a relation, and where what it names goes."""

Work: TypeAlias = tuple[Coroutine[Any, Any, None], Keys, Awaitable[Any] | None]
"""What fills a place, the path to it, and what it awaits first."""


class Run:
    """What changes while an operation runs. `core` holds the request: variables, root, context."""

    __slots__ = (
        "arguments", "broken", "context", "core", "data", "dropped", "errors", "jobs",
        "rest", "running", "steps", "wake", "wanted",
    )  # fmt: skip

    def __init__(self, core: "graphql.Executor[Any]", steps: Iterable[Step]) -> None:
        self.core = core
        self.context = core.context_value
        self.steps = iter(steps)
        self.data: dict[str, Any] | None = {}
        self.errors = Errors()
        self.jobs: list[Job] = []
        self.wanted: dict[str, list[Wanted]] = {}
        self.running: dict[Task[None], Keys] = {}
        self.dropped: list[Task[None]] = []
        self.broken: BaseException | None = None
        self.wake: Future[None] | None = None
        self.arguments: dict[Field, dict[str, Any]] = {}
        self.rest: tuple[Any, ...] | None = None

    def begin(self) -> ExecutionResult | Coroutine[Any, Any, ExecutionResult]:
        """The result, or what has to be awaited for it."""
        for step in self.steps:
            part = self.perform(step)
            if self.jobs or self.wanted:
                return self.go_on(part)
            self.add(part)
            if self.data is None:
                break
        return self.result()

    async def go_on(self, part: dict[str, Any]) -> ExecutionResult:
        """The result, from the first step that has to wait."""
        try:
            await self.settle()
            self.add(part)
            for step in self.steps:
                if self.data is None:
                    break
                part = self.perform(step)
                await self.settle()
                self.add(part)
        finally:
            await self.stop()
        return self.result()

    def perform(self, step: Step) -> dict[str, Any]:
        """One step, as far as it goes without waiting."""
        try:
            return step(self, self.core.root_value, None)
        except GraphQLError as error:
            self.data = None
            self.note(error, ())
            return {}

    def add(self, part: dict[str, Any]) -> None:
        """Puts a step's fields into the response."""
        if self.data is not None:
            self.data.update(part)

    def result(self) -> ExecutionResult:
        """The data and the errors."""
        return ExecutionResult(self.data, self.errors.take())

    def note(self, error: GraphQLError, path: Keys) -> None:
        """Keeps an error that made a position null, and ends what would fill the inside of it."""
        busy = bool(self.jobs or self.wanted or self.running)
        if self.errors.add(error, path, busy=busy) and len(error.path or ()) != len(path):
            self.abandon(path)

    def abandon(self, path: Keys) -> None:
        """Cancels what would only fill positions inside one that was made null."""
        for task, at in list(self.running.items()):
            if at[: len(path)] == path and task is not asyncio.current_task():
                del self.running[task]
                task.cancel()
                self.dropped.append(task)

    async def settle(self) -> None:
        """Waits until every value is there; relations that are wanted together are asked together.

        What waits alone is awaited here; a task is made only for what has company.
        """
        while True:
            work = [*self.take_jobs(), *self.take_wanted()]
            if len(work) == 1 and not self.running:
                await work[0][0]
                continue
            for coroutine, path, awaitable in work:
                task = asyncio.create_task(coroutine)
                self.running[task] = path
                task.add_done_callback(partial(self.ended, awaitable))
            if not self.running:
                return
            self.wake = asyncio.get_running_loop().create_future()
            await self.wake
            if self.broken is not None:
                raise self.broken

    def take_jobs(self) -> list[Work]:
        """What is to be awaited, without what became needless."""
        jobs, self.jobs = self.jobs, []
        work: list[Work] = []
        for job in jobs:
            path = (*keys(job[5]), job[4])
            if self.errors.covers(path):
                close(job[0])
            else:
                work.append((self.wait_for(job), path, job[0]))
        return work

    def take_wanted(self) -> list[Work]:
        """The batches to be loaded, one a loader."""
        wanted, self.wanted = self.wanted, {}
        return [(self.load(name, batch), (), None) for name, batch in wanted.items()]

    def ended(self, awaitable: Awaitable[Any] | None, task: Task[None]) -> None:
        """Lets the run go on when a task has ended."""
        if task.cancelled():
            close(awaitable)  # it may not have begun
        if self.running.pop(task, None) is None:
            return
        if task.cancelled():
            self.broken = CancelledError()
        elif task.exception() is not None:
            self.broken = task.exception()
        if self.wake is not None and not self.wake.done():
            self.wake.set_result(None)

    async def stop(self) -> None:
        """Ends what is still under way, and waits until it has ended."""
        for job in self.jobs:
            close(job[0])
        tasks = [*self.running, *self.dropped]
        self.running.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def wait_for(self, job: Job) -> None:
        """Awaits one value and puts it in its place."""
        awaitable, complete, position, container, key, around = job
        try:
            value = await awaitable
            container[key] = complete(self, value, position.place(container, key, around))
        except Exception as error:
            self.fail(error, position, container, key, around)

    async def load(self, loader: str, batch: list[Wanted]) -> None:
        """Loads what a level of the response relates to, and puts it in its places."""
        found: Sequence[Any]
        try:
            found = await self.context.loaders[loader].load_level([want[0] for want in batch])
        except Exception as error:
            found = [error] * len(batch)
        for value, (_, position, container, key, around) in zip(found, batch, strict=True):
            try:
                place = position.place(container, key, around)
                container[key] = settled(position, self, value, place)
            except Exception as error:
                self.fail(error, position, container, key, around)

    def want(self, loader: str, wanted: Wanted) -> None:
        """Asks for what a key names, with all that is asked for at the same level."""
        self.wanted.setdefault(loader, []).append(wanted)

    def fail(
        self,
        error: Exception,
        position: Position,
        container: Container,
        key: str | int,
        around: Place | None,
    ) -> None:
        """Null for what failed after its surroundings were done, or for the next that may be."""
        try:
            container[key] = None
            failed(self, error, position, container, key, around)
        except GraphQLError as located:
            while around is not None and not around[4]:
                around = around[0]
            if around is None:
                self.data = None
            else:
                around[3][around[1]] = None
            self.note(located, keys(around))

    def info(self, field: Field, place: Place) -> GraphQLResolveInfo[Any]:
        """What a resolver is told of its field and of the request."""
        if self.rest is None:
            core = self.core
            self.rest = (
                core.schema, core.fragment_definitions, core.root_value, core.operation,
                core.variable_values, core.context_value, core.is_awaitable, core.abort_signal,
                core.async_helpers,
            )  # fmt: skip
        return GraphQLResolveInfo._make((*field.told, path_of(place), *self.rest))


def close(awaitable: Awaitable[Any] | None) -> None:
    """Ends a coroutine that nobody will await."""
    if iscoroutine(awaitable):
        awaitable.close()
