"""Where a value is in a response: what is known when compiling, and what when running."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import FieldNode, GraphQLError, GraphQLField, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path

if TYPE_CHECKING:
    from execution.compiled.run import Run

Container: TypeAlias = Any
"""The dictionary or list of the response that a value is put into."""

Place: TypeAlias = tuple["Place | None", str | int, str | None, Container, bool]
"""A value's way to the root: the place around it, its key, the name of the type that has the field
(None for the items of a list), the container it is put into, and whether it may be null there."""

Complete: TypeAlias = Callable[["Run", Any, Place], Any]
"""Makes of a resolved value, neither null nor to be waited for, what the response shows."""


class Field:
    """A field of one type as one operation asks for it."""

    __slots__ = ("definition", "details", "name", "nodes", "parent", "told", "where")

    def __init__(
        self, parent: GraphQLObjectType, definition: GraphQLField, details: FieldDetailsList
    ) -> None:
        self.parent = parent
        self.definition = definition
        self.details = details
        self.nodes: list[FieldNode] = [detail.node for detail in details]
        self.name: str = self.nodes[0].name.value
        self.told = (self.name, self.nodes, definition.type, parent)
        self.where = GraphQLError("", self.nodes)


class Position:
    """A field's value, or the items of a list in it, with what completes it."""

    __slots__ = ("complete", "field", "non_null", "typename")

    def __init__(self, field: Field, non_null: bool, typename: str | None) -> None:
        self.field = field
        self.non_null = non_null
        self.typename = typename
        self.complete: Complete

    def place(self, container: Container, key: str | int, around: Place | None) -> Place:
        """The place of a value of this position."""
        return (around, key, self.typename, container, not self.non_null)


def keys(place: "Place | None") -> tuple[str | int, ...]:
    """The path from the root, as errors tell it."""
    found: list[str | int] = []
    while place is not None:
        found.append(place[1])
        place = place[0]
    return tuple(reversed(found))


def path_of(place: Place) -> Path:
    """The path as resolvers are told it."""
    around = place[0]
    return Path(None if around is None else path_of(around), place[1], place[2])


def field_place(place: Place) -> Place:
    """The place of the field that a list's item belongs to."""
    while place[2] is None and place[0] is not None:
        place = place[0]
    return place
