"""One operation through both executors, and what their answers differ in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema, OverlappingFieldsCanBeMergedRule

from execution.cache import PreparedOperation
from execution.engine import Executor, OperationContext
from execution.errors import RequestRejected
from execution.limits import Limits
from execution.request import GraphQLRequest
from execution.response import Response

ROOMY = Limits(tokens=100_000, bytes=1_000_000, depth=100, aliases=9_999, repeats=9_999,
               directives=9_999, fields=99_999, merge_steps=1_000_000)  # fmt: skip


def report(error: BaseException, located: object) -> str:
    """The id of an unexpected error: what it was."""
    return repr(error)


@dataclass
class Pair:
    """Both executors of one schema."""

    schema: GraphQLSchema

    def __post_init__(self) -> None:
        self.both = [
            Executor(self.schema, limits=ROOMY, report=report, compiled=compiled)
            for compiled in (False, True)
        ]
        # Documents are written to be valid, but for fields that can't be merged. A test makes sure.
        for executor in self.both:
            executor.preparation.rules = [OverlappingFieldsCanBeMergedRule]
        self.compiled = 0
        self.interpreted = 0

    def valid(self, request: GraphQLRequest) -> bool:
        """Whether the document passes validation."""
        try:
            self.both[0].prepare(request)
        except RequestRejected:
            return False
        return True

    async def answers(
        self, request: GraphQLRequest, context: Callable[[], OperationContext]
    ) -> tuple[list[Response], list[Response]]:
        """What each executor answers; several responses, for the events of a subscription."""
        prepared = self.both[0].prepare(request)
        first, second = [
            await self.answer(executor, prepared, request.variables, context)
            for executor in self.both
        ]
        programs = prepared.programs.variants.values()
        self.compiled += any(programs)
        self.interpreted += not any(programs)
        return first, second

    async def answer(
        self,
        executor: Executor,
        prepared: PreparedOperation,
        variables: dict[str, Any],
        context: Callable[[], OperationContext],
    ) -> list[Response]:
        """The responses of one executor."""
        try:
            if not prepared.is_subscription:
                return [await executor.execute(prepared, variables, context())]
            events = await executor.subscribe(prepared, variables, context(), context)
            return [event async for event in events]
        except RequestRejected as refusal:
            return [Response(errors=refusal.errors)]


def same(one: Response, other: Response, *, exact: bool) -> bool:
    """Whether two responses say the same.

    Data is compared with the order of its keys. Errors are compared with their order, too, unless
    values were waited for. Then the specification leaves two things open: the order of errors, and
    which of several errors inside a position that one of them made null are told (the others may
    be, or be cancelled). There both have to tell of at least one.

    Now and then, where types are told asynchronously, graphql-core lets a cancellation of its own
    escape, and has no answer that could be compared.
    """
    if not exact and lost(one):
        return True
    if written(one) != written(other):
        return False
    if exact:
        return one.errors == other.errors
    if any(error.get("path") == ["elsewhere"] for error in one.errors + other.errors):
        return bool(one.errors) == bool(other.errors)  # what it made null can't be told
    return grouped(one) == grouped(other)


def lost(response: Response) -> bool:
    """Whether graphql-core's own cancellation took the whole answer."""
    ids = [error["extensions"].get("errorId") for error in response.errors]
    return response.data is None and ids == ["CancelledError()"]


def written(response: Response) -> str:
    """The data, key by key in its order."""
    return json.dumps(response.data if response.executed else "none", default=repr)


def grouped(response: Response) -> dict[str, Any]:
    """Errors by the position that they made null; only that there are some, where they spread."""
    groups: dict[str, list[Any]] = {}
    for error in response.errors:
        at = null_at(response.data, error.get("path") or [])
        groups.setdefault(str(at), []).append(error)
    return {
        at: sorted(map(repr, errors))
        if all(str(error.get("path")) == at for error in errors)
        else "some"
        for at, errors in groups.items()
    }


def null_at(data: Any, path: list[str | int]) -> list[str | int]:
    """The part of an error's path that leads to the null that it made."""
    for length, key in enumerate(path):
        if data is None:
            return path[:length]
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return path[:length]
    return path
