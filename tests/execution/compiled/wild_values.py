"""Values of any GraphQL type, right and wrong, told by a seed: the same for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Iterable
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)


class Expected(Exception):
    """A failure that clients may be told of."""

    code = "NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("Not there.")
        self.extensions = {"kind": "wild"}


class Colour(Enum):
    """What the enum of the graph stands for."""

    RED = "r"
    GREEN = "g"
    BLUE = "b"


@dataclass
class World:
    """What a request is in: how wild it is, and what happened to it. The context of resolvers."""

    schema: GraphQLSchema
    seed: str
    chaos: float
    waits: bool
    log: list[str] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    loaders: dict[str, Any] = field(default_factory=dict)

    def value(self, seed: str, kind: Any) -> Any:
        """A value for a type. May raise."""
        rng = Random(f"{self.seed}/{seed}")
        return self._value(rng, kind, seed)

    def calm_value(self, rng: Random, kind: Any, seed: str) -> Any:
        """A value that is there: only what is in it may have to be awaited. May raise."""
        if rng.random() < self.chaos:
            return self._wrong(rng)
        if is_non_null_type(kind):
            return self._right(rng, kind.of_type, seed)
        return rng.choice((None, Undefined)) if rng.random() < 0.1 else self._right(rng, kind, seed)

    def _value(self, rng: Random, kind: Any, seed: str) -> Any:
        if self.waits and rng.random() < 0.12:
            return Promise(self, Random(f"{rng.random()}"), kind, f"{seed}+")
        return self.calm_value(rng, kind, seed)

    def _wrong(self, rng: Random) -> Any:
        number = rng.randrange(12)
        if number == 0:
            raise Expected
        if number == 1:
            raise RuntimeError("secret")
        if number == 2:
            raise GraphQLError("Told.", extensions={"code": "TOLD"}, path=["elsewhere"])
        wrong = (
            Expected(), ValueError("returned"), None, None, "text", 2**40, float("nan"), {"a": 1},
            object,
        )  # fmt: skip
        return wrong[number - 3]

    def _right(self, rng: Random, kind: Any, seed: str) -> Any:
        if is_list_type(kind):
            return self._list(rng, kind.of_type, seed)
        if is_object_type(kind):
            return THINGS[kind.name](self, seed)
        if is_abstract_type(kind):
            named: list[GraphQLObjectType] = list(self.schema.get_possible_types(kind))
            return THINGS[rng.choice(named).name](self, seed)
        if is_enum_type(kind):
            return rng.choice(list(Colour))
        return rng.choice(LEAVES[get_named_type(kind).name])

    def _list(self, rng: Random, kind: Any, seed: str) -> Any:
        seeds = [f"{seed}.{number}" for number in range(rng.randrange(4))]
        number = rng.randrange(8)
        if number == 0 and self.waits:
            return self._late(rng, kind, seeds)
        items = (self._value(Random(f"{self.seed}{each}"), kind, each) for each in seeds)
        shape: Any = (tuple, iter)[number - 1] if number in (1, 2) else list
        return shape(list(items))

    async def _late(self, rng: Random, kind: Any, seeds: Iterable[str]) -> AsyncIterator[Any]:
        for each in seeds:
            await asyncio.sleep(0)
            yield self._value(Random(f"{self.seed}{each}"), kind, each)


class Promise:
    """Something to be awaited, as often as one likes."""

    def __init__(self, world: World, rng: Random, kind: Any, seed: str) -> None:
        self.world, self.state, self.kind, self.seed = world, rng.getstate(), kind, seed

    def __repr__(self) -> str:
        return f"Promise({self.seed})"

    def __await__(self) -> Generator[Any, None, Any]:
        return self.keep().__await__()

    async def keep(self) -> Any:
        """Waits a little, then gives a value that is there."""
        rng = Random()
        rng.setstate(self.state)
        for _ in range(rng.randrange(3)):
            await asyncio.sleep(0)
        return self.world.calm_value(rng, self.kind, self.seed)


class Thing:
    """A value of an object type. Its attributes are as wild as anything."""

    def __init__(self, world: World, seed: str) -> None:
        self.world = world
        self.seed = seed

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.seed})"


class Attribute:
    """An attribute of things: a value of a field's type."""

    def __init__(self, name: str, kind: Any) -> None:
        self.name, self.kind = name, kind

    def __get__(self, thing: Thing | None, owner: type) -> Any:
        return None if thing is None else thing.world.value(f"{thing.seed}/{self.name}", self.kind)


THINGS: dict[str, type[Thing]] = {
    name: type(name, (Thing,), {}) for name in ("Alpha", "Beta", "Gamma", "Delta")
}

LEAVES: dict[str, tuple[Any, ...]] = {
    "ID": ("id", 7, ""),
    "String": ("text", "", "snowman \u2603", 3, True, 1.5),
    "Int": (0, 1, -5, 2**31 - 1, -(2**31), True, 3.0, "12"),
    "Float": (0.0, 1.5, 3, -2.25, "0.5", True),
    "Boolean": (True, False, 1, 0),
    "Odd": ("odd", "null", "bad", "undefined"),
}
