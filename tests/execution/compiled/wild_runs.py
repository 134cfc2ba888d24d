"""Random operations over the wild schemas, from a number each.

Even numbers are operations in which nothing is awaited: their errors have one order.
"""

from __future__ import annotations

import asyncio
from functools import cache
from random import Random

from execution.request import GraphQLRequest
from tests.execution.compiled.differences import Pair, same
from tests.execution.compiled.documents import Writer
from tests.execution.compiled.wild_graph import SCHEMAS, loaders, wild_schema
from tests.execution.compiled.wild_values import World


@cache
def pair(number: int) -> Pair:
    """Both executors of a wild schema."""
    return Pair(wild_schema(number))


def differs(number: int) -> str | None:
    """What differs in an operation, if anything does."""
    rng = Random(number)
    both = pair(number % SCHEMAS)
    writer = Writer(both.schema, rng)
    operation = rng.choice(("query", "query", "query", "mutation", "subscription"))
    request = GraphQLRequest(writer.document(operation), variables=writer.variables)
    if not both.valid(request):
        return None
    chaos, waits = rng.choice((0.0, 0.01, 0.05, 0.2)), bool(number % 2)
    worlds: list[World] = []

    def world() -> World:
        made = World(both.schema, str(number), chaos, waits)
        made.loaders = loaders(made)
        worlds.append(made)
        return made

    async def run() -> str | None:
        one, other = await both.answers(request, world)
        if len(one) != len(other):
            return f"{len(one)} events, {len(other)} compiled"
        for first, second in zip(one, other, strict=True):
            if not same(first, second, exact=not waits):
                return f"{request}\n{first.payload()}\n{second.payload()}"
        half = len(worlds) // 2
        if operation == "mutation" and worlds[0].log != worlds[half].log:
            return f"{request}\n{worlds[0].log}\n{worlds[half].log}"
        return None

    return asyncio.run(run())
