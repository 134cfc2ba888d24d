"""What a field costs, compiled and interpreted: `python -m bench.compiled_fields`.

Objects in memory, no transport, no database. Processor time, the best of several rounds, in
microseconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import GraphQLError

from execution.engine import Executor
from execution.limits import Limits
from execution.request import GraphQLRequest
from schema.declare import declare

OBJECTS = 100
FIELDS = "abcdef"


class NotFound(Exception):
    """An expected failure, as services raise them."""

    code = "NOT_FOUND"


@strawberry.type
class Item:
    """Six plain fields."""

    a: str
    b: str | None
    c: int
    d: float
    e: bool
    f: strawberry.ID

    @strawberry.field
    def fails(self) -> str | None:
        """An expected error."""
        raise NotFound("It is not there.")

    @strawberry.field
    def succeeds(self) -> str | None:
        """The same without one."""
        return "here"


ITEMS = [
    Item(a="a", b=None, c=number, d=0.5, e=True, f=strawberry.ID("f")) for number in range(OBJECTS)
]


@strawberry.type
class Query:
    """A list, and one of it."""

    @strawberry.field
    def items(self) -> list[Item]:
        """All of them."""
        return ITEMS

    @strawberry.field
    async def missing(self) -> Item | None:
        """An operation that fails as expected."""
        raise NotFound("It is not there.")

    @strawberry.field
    async def found(self) -> Item | None:
        """The same without an error."""
        return ITEMS[0]


@dataclass
class Context:
    """Nothing is needed of it."""

    extensions: dict[str, Any] = field(default_factory=dict)


def report(error: BaseException, located: GraphQLError) -> str:
    """Nothing here is unexpected."""
    raise error


def executor(compiled: bool) -> Executor:
    """An executor of the schema above."""
    schema = strawberry.Schema(Query)._schema
    declare(schema)
    return Executor(schema, limits=Limits(), report=report, compiled=compiled)


async def microseconds(run: Executor, query: str, repeats: int) -> float:
    """The processor time that an operation takes."""
    request = GraphQLRequest(query)
    context = Context()
    best = float("inf")
    for _ in range(9):
        started = time.thread_time()
        for _ in range(repeats):
            await run.run(request, context)
        best = min(best, (time.thread_time() - started) / repeats)
    return best * 1e6


def fields(count: int) -> str:
    """A query for so many fields of each item."""
    return "{ items { " + " ".join(FIELDS[:count]) + " } }"


async def measure(run: Executor, say: Callable[[str], None]) -> None:
    """Print the figures of one executor."""
    six = await microseconds(run, fields(6), 20)
    one = await microseconds(run, fields(1), 20)
    say(f"{OBJECTS} objects x 6 fields  {six:9.1f}")
    say(f"a plain field           {(six - one) / (5 * OBJECTS):9.3f}")
    found = await microseconds(run, "{ found { a b c d e f } }", 200)
    missing = await microseconds(run, "{ missing { a b c d e f } }", 200)
    say(f"an operation, found     {found:9.1f}")
    say(f"not found, an error     {missing:9.1f}")
    good = await microseconds(run, "{ items { succeeds } }", 5)
    bad = await microseconds(run, "{ items { fails } }", 5)
    say(f"100 resolvers, good     {good:9.1f}")
    say(f"100 expected errors     {bad:9.1f}")


def main() -> None:
    """Print both executors' figures."""
    for compiled in (False, True):
        print("compiled" if compiled else "interpreted")
        asyncio.run(measure(executor(compiled), print))


if __name__ == "__main__":
    main()
