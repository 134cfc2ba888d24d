"""Leaves: the test that lets a plain value through as it is, and the serialiser for the others."""

from enum import Enum
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import inspect

from execution.compiled.plain import Bound, by_call, by_serializer, by_test
from execution.compiled.position import Complete, Place, Position
from execution.compiled.source import Source

PLAIN: Final = (
    (GraphQLString, "{v}.__class__ is str"),
    (GraphQLID, "{v}.__class__ is str"),
    (GraphQLInt, "{v}.__class__ is int and -2147483648 <= {v} <= 2147483647"),
    (GraphQLFloat, "{v}.__class__ is float and {v} - {v} == 0.0"),
    (GraphQLBoolean, "{v}.__class__ is bool"),
)
"""Tests, by scalar, of values that graphql-core's serialiser returns unchanged."""


def plain_test(leaf: GraphQLLeafType) -> str | None:
    """The test of a scalar `{v}` in Python, or None for one that is always serialised."""
    for scalar, test in PLAIN:
        if leaf is scalar:
            return test
    return None


class Names(dict[int, str]):
    """The names of an enum's members, by the identity of members that were met.

    Members live as long as their class, and each that was met is kept here, so that no other
    object can have its identity.
    """

    def __init__(self, enum: GraphQLEnumType) -> None:
        super().__init__()
        self.enum = enum
        self.members: list[Enum] = []

    def complete(self, _run: object, value: Any, _place: Place) -> str:
        """The name of a value. Raises what graphql-core raises."""
        name: str = serialized(self.enum, value)
        if isinstance(value, Enum) and id(value) not in self:
            self.members.append(value)
            self[id(value)] = name
        return name


def serializer(leaf: GraphQLLeafType) -> Complete:
    """What completes a scalar's values."""

    def complete(_run: object, value: Any, _place: Place) -> Any:
        return serialized(leaf, value)

    return complete


def serialized(leaf: GraphQLLeafType, value: Any) -> Any:
    """What the response shows of a leaf's value. Raises what graphql-core raises."""
    shown = leaf.coerce_output_value(value)
    if shown is None or shown is Undefined:
        raise TypeError(
            f"Expected `{inspect(leaf)}.coerce_output_value({inspect(value)})`"
            f" to return non-nullable value, returned: {inspect(shown)}"
        )
    return shown


def leaf(
    source: Source, position: Position, name: str, kind: GraphQLLeafType, general: str
) -> Bound:
    """How a leaf is shown: plain values as they are, others as `general` says."""
    nullable = not position.non_null
    if isinstance(kind, GraphQLEnumType):
        names = Names(kind)
        position.complete = names.complete
        get = f"{source.bind(kind.name, names)}.get"
        plain = by_call(f"{get}(id({{v}}))", nullable=nullable)
        return Bound(name, f"{get}(id(v)) or {general}", plain)
    position.complete = serializer(kind)
    test = plain_test(kind)
    if test is None:
        serialize = source.bind("serialize", kind.coerce_output_value)
        return Bound(name, general, by_serializer(serialize, nullable=nullable))
    plain = by_test(test, nullable=nullable)
    return Bound(name, f"v if {plain.test.format(v='v')} else {general}", plain)
