"""Schemas made to differ: every shape of type, every way to resolve, every way to go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Undefined,
    build_schema,
    get_named_type,
    is_list_type,
    is_object_type,
)
from strawberry.dataloader import DataLoader

from execution.compiled.declared import ATTRIBUTE, CLASS, RELATION, Relation
from tests.execution.compiled.wild_values import THINGS, Attribute, Colour, World

SDL = """
directive @unknown on FIELD
scalar Odd
enum Colour { RED GREEN BLUE }
input Shape { size: Int = 3, colour: Colour = RED, sides: [Int!], inner: Shape }
interface Thing { id: ID!, name: String, colour: Colour }
union Any = Alpha | Beta | Gamma
type Alpha implements Thing {
  id: ID!, name: String, colour: Colour, title: String!, count: Int, ratio: Float, flag: Boolean!
  odd: Odd, tags: [String!]!, grid: [[Int!]]!, beta: Beta, things: [Thing!]!, anys: [Any]
  echo(text: String = "x", shape: Shape, many: [Int!]! = [1], number: Int): String
  peer: Gamma!, friend: Alpha, strict: [[Alpha!]!]!
}
type Beta implements Thing {
  id: ID!, name: String, colour: Colour, title: String!, friend: Alpha, colours: [Colour!]
  loose: [[Delta]], number: Float!, thing: Thing!
}
type Gamma {
  value: Int!, colour: Colour, alpha: Alpha!, any: Any!, things: [Thing!]!, odds: [Odd!]
}
type Delta { id: ID!, deltas: [Delta!], any: Any, odd: Odd, name: String }
type Query {
  alpha: Alpha, beta: Beta!, thing: Thing, things: [Thing!]!, any: Any, gammas: [Gamma!]
  deltas: [Delta]!, number: Int, title: String!
  echo(text: String = "x", shape: Shape, many: [Int!]! = [1], number: Int): String
}
type Mutation {
  alpha: Alpha, number: Int, title: String!, gammas: [Gamma!]
  echo(text: String = "x", shape: Shape, many: [Int!]! = [1], number: Int): String
}
type Subscription { alpha: Alpha, thing: Thing, number: Int, title: String! }
"""

SCHEMAS = 6
Resolver = Callable[..., Any]


@cache
def wild_schema(number: int) -> GraphQLSchema:
    """One of the schemas: the same types, each time resolved in other ways.

    Those with even numbers are synchronous: nothing in them has to be awaited.
    """
    schema = build_schema(SDL)
    rng = Random(number)
    finish_leaves(schema)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            if kind.name in THINGS:
                finish_type(kind, rng)
            for name, field in kind.fields.items():
                finish_field(kind, name, field, rng, late=bool(number % 2))
    finish_abstract(schema, rng)
    return schema


def finish_leaves(schema: GraphQLSchema) -> None:
    """Give the scalar and the enum what they do."""
    odd: Any = schema.type_map["Odd"]
    odd.coerce_output_value = serialize_odd
    colour = schema.type_map["Colour"]
    assert isinstance(colour, GraphQLEnumType)
    for each in Colour:
        colour.values[each.name].value = each
    colour.__dict__.pop("_value_lookup", None)


def serialize_odd(value: Any) -> Any:
    """A scalar that fails in each way."""
    if value == "bad":
        raise ValueError("It is bad.")
    return {"null": None, "undefined": Undefined}.get(value, [value])


def finish_type(kind: GraphQLObjectType, rng: Random) -> None:
    """Say how a value's type is known."""
    thing = THINGS[kind.name]

    def is_type_of(value: Any, info: GraphQLResolveInfo[World]) -> Any:
        right = isinstance(value, thing)
        if info.context.waits and Random(f"{value!r}{info.context.seed}").random() < 0.2:
            return later(right)
        return right

    if rng.random() < 0.8:
        kind.is_type_of = is_type_of
    if rng.random() < 0.5 and kind.is_type_of is None:
        kind.extensions[CLASS] = thing


def finish_abstract(schema: GraphQLSchema, rng: Random) -> None:
    """Let some abstract types resolve themselves, and err."""

    def resolve_type(value: Any, info: GraphQLResolveInfo[World], kind: Any) -> Any:
        world = info.context
        drawn = Random(f"{value!r}{world.seed}")
        name: Any = type(value).__name__
        if drawn.random() < world.chaos:
            name = drawn.choice((None, "Nothing", "Delta", "Query", "String", 5))
        return later(name) if world.waits and drawn.random() < 0.2 else name

    for name in ("Thing", "Any"):
        kind: Any = schema.type_map[name]
        if rng.random() < 0.6:
            kind.resolve_type = resolve_type


async def later(value: Any) -> Any:
    """The same, after a while."""
    await asyncio.sleep(0)
    return value


def finish_field(
    kind: GraphQLObjectType, name: str, field: GraphQLField, rng: Random, *, late: bool
) -> None:
    """Choose how a field is resolved."""
    thing = THINGS.get(kind.name)
    if kind.name == "Subscription":
        field.subscribe, field.resolve = subscribe, lambda event, *_: event
    if thing is None or field.args or rng.random() < 0.3:
        if kind.name != "Subscription":
            field.resolve = rng.choice((resolve, resolve, resolve_late if late else resolve))
        return
    setattr(thing, name, Attribute(name, field.type))
    related = is_object_type(get_named_type(field.type)) and not is_list_type(
        getattr(field.type, "of_type", field.type)
    )
    if late and related and rng.random() < 0.6:
        setattr(thing, f"{name}_key", Key(name))
        finish_relation(field, f"{name}_key", get_named_type(field.type).name)
    elif rng.random() < 0.8:
        field.extensions[ATTRIBUTE] = name
        field.resolve = lambda source, *_: getattr(source, name)


class Key:
    """The key of a relation: few of them, so that some are shared, or none."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, thing: Any, owner: type) -> Any:
        drawn = Random(f"{thing!r}{self.name}") if thing is not None else Random(0)
        return drawn.choice((None, "one", "two", "three", "four"))


def finish_relation(field: GraphQLField, key: str, loader: str) -> None:
    """Make a field a relation, for both who compile and who interpret."""

    def resolve_relation(source: Any, info: GraphQLResolveInfo[World]) -> Any:
        held = getattr(source, key)
        return None if held is None else info.context.loaders[loader].load(held)

    field.resolve = resolve_relation
    field.extensions[RELATION] = Relation(key, loader)


class WildLoader(DataLoader[str, Any]):
    """Things by key, where loading them goes well."""

    async def load_level(self, keys: Any) -> list[Any]:
        """For a whole level."""
        return await asyncio.gather(*map(self.load, keys), return_exceptions=True)


def loaders(world: World) -> dict[str, Any]:
    """A loader for each type."""

    def load(name: str) -> Callable[[list[str]], Awaitable[list[Any]]]:
        async def some(keys: list[str]) -> list[Any]:
            return [one(name, key) for key in keys]

        return some

    def one(name: str, key: str) -> Any:
        seed = f"{name}:{key}"
        try:
            return world.calm_value(Random(seed), world.schema.type_map[name], seed)
        except Exception as error:
            return error

    return {name: WildLoader(load_fn=load(name)) for name in THINGS}


def told(info: GraphQLResolveInfo[World], arguments: dict[str, Any]) -> str:
    """What a value depends on: where it is and what it was asked with."""
    path = info.path.as_list()
    if info.parent_type.name == "Mutation":
        info.context.log.append(f"{path} {arguments}")
    if info.field_name == "echo" and info.context.chaos == 0:
        return f"{arguments} {sorted(info.variable_values.coerced)}"
    return f"{path}{arguments}{[n.name.value for n in info.field_nodes]}{info.return_type}"


def resolve(source: Any, info: GraphQLResolveInfo[World], **arguments: Any) -> Any:
    """A synchronous resolver."""
    return info.context.value(told(info, arguments), info.return_type)


async def resolve_late(source: Any, info: GraphQLResolveInfo[World], **arguments: Any) -> Any:
    """An asynchronous one."""
    seed = told(info, arguments)
    await asyncio.sleep(0)
    if info.parent_type.name == "Mutation":
        info.context.log.append("done")
    return info.context.calm_value(Random(seed), info.return_type, seed)


async def subscribe(source: Any, info: GraphQLResolveInfo[World]) -> AsyncIterator[Any]:
    """Two events."""
    for number in range(2):
        try:
            event = info.context.value(f"{info.field_name}{number}", info.return_type)
        except Exception as error:
            event = error
        yield event
