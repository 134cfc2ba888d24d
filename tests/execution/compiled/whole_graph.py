"""The product's whole schema on values in memory: attributes and relations as they are declared,
and in the place of every service something made up for the type that is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
)

from execution.compiled.declared import ATTRIBUTE, CLASS, RELATION
from execution.request import GraphQLRequest
from schema.root import build
from tests.execution.compiled.differences import Pair, same
from tests.execution.compiled.documents import Writer
from tests.execution.compiled.wild_values import Expected

MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
SCALARS: dict[str, tuple[Any, ...]] = {
    "Int": (0, 7, 2**40), "Float": (0.5, 2), "Boolean": (True, False),
    "DateTime": (MOMENT, "yesterday"), "Date": (date(2026, 3, 1),),
}  # fmt: skip


@dataclass
class World:
    """The context of made-up resolvers."""

    seed: str
    schema: GraphQLSchema
    loaders: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def value(self, rng: Random, kind: Any, depth: int = 0) -> Any:
        """Something for a type, now and then null where it must not be."""
        number = rng.random()
        if number < (0.01 if is_non_null_type(kind) else 0.15):
            return None
        kind = kind.of_type if is_non_null_type(kind) else kind
        if is_list_type(kind):
            return [self.value(rng, kind.of_type, depth + 1) for _ in range(rng.randrange(4))]
        if is_abstract_type(kind):
            kind = rng.choice(list(self.schema.get_possible_types(kind)))
        if isinstance(kind, GraphQLObjectType):
            return self.object(rng, kind, depth) if depth < 5 else None
        if isinstance(kind, GraphQLEnumType):
            members: Any = kind
            return rng.choice(list(members.wrapped_cls))
        return rng.choice(SCALARS.get(kind.name, ("text", "", "other")))

    def object(self, rng: Random, kind: GraphQLObjectType, depth: int) -> Any:
        """An object of the class behind a type, with its attributes and keys."""
        made = object.__new__(kind.extensions[CLASS])
        for each in kind.fields.values():
            if ATTRIBUTE in each.extensions:
                value = self.value(rng, each.type, depth + 1)
                object.__setattr__(made, each.extensions[ATTRIBUTE], value)
        for each in kind.fields.values():
            relation = each.extensions.get(RELATION)
            if relation is not None and relation.key != "id":
                object.__setattr__(made, relation.key, rng.choice((None, "one", "two", "three")))
        return made


class Loader:
    """What keys name, one by one for the interpreter and together for compiled operations."""

    def __init__(self, world: World, kind: Any) -> None:
        self.world, self.kind = world, kind

    async def load(self, key: str) -> Any:
        """What one key names."""
        await asyncio.sleep(0)
        rng = Random(f"{self.world.seed}{key}{self.kind}")
        if rng.random() < 0.1:
            raise Expected
        return self.world.value(rng, nullable(self.kind), 2)

    async def load_level(self, keys: Sequence[str]) -> list[Any]:
        """What all of them name."""
        return await asyncio.gather(*map(self.load, keys), return_exceptions=True)


def nullable(kind: Any) -> Any:
    """A type that may be null."""
    return kind.of_type if is_non_null_type(kind) else kind


@cache
def whole_schema() -> GraphQLSchema:
    """The schema, with made-up values where services were asked."""
    schema = build()._schema
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for each in kind.fields.values():
                if ATTRIBUTE not in each.extensions and RELATION not in each.extensions:
                    each.resolve = made_up
    return schema


def made_up(source: Any, info: GraphQLResolveInfo[World], **arguments: Any) -> Any:
    """A value for the field."""
    rng = Random(f"{info.context.seed}{info.path.as_list()}{arguments}")
    if info.parent_type.name == "Mutation":
        info.context.log.append(f"{info.field_name} {arguments}")
    if rng.random() < 0.03:
        raise Expected
    return info.context.value(rng, info.return_type)


@cache
def pair() -> Pair:
    """Both executors of the whole schema."""
    return Pair(whole_schema())


@cache
def relations() -> dict[str, Any]:
    """What each loader gives, by its name."""
    return {
        each.extensions[RELATION].loader: each.type
        for kind in whole_schema().type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for each in kind.fields.values()
        if RELATION in each.extensions
    }


def differs(number: int) -> str | None:
    """What differs in an operation over the whole schema, if anything does."""
    rng = Random(number)
    writer = Writer(whole_schema(), rng)
    request = GraphQLRequest(
        writer.document(rng.choice(("query", "query", "mutation"))), variables=writer.variables
    )
    if not pair().valid(request):
        return None
    worlds: list[World] = []
    one, other = asyncio.run(pair().answers(request, worlds_of(number, worlds)))
    logs = [world.log for world in worlds]
    if same(one[0], other[0], exact=False) and all(log == logs[0] for log in logs):
        return None
    return f"{request}\n{one[0].payload()}\n{other[0].payload()}\n{logs}"


def worlds_of(number: int, worlds: list[World]) -> Callable[[], World]:
    """Makes a world for each execution, and keeps it."""

    def make() -> World:
        world = World(str(number), whole_schema())
        world.loaders = {name: Loader(world, kind) for name, kind in relations().items()}
        worlds.append(world)
        return world

    return make
