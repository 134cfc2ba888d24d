"""What calling a field costs and how long its answer may be kept, written beside the field.

Both are shown in the SDL. Execution, which knows neither Strawberry nor us, finds them in the
`extensions` of the fields.
"""

from __future__ import annotations

from enum import Enum

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from execution.caching import CachePolicy
from schema.declare import DEFINITION


@strawberry.enum(description="Whom an answer may be kept for.")
class CacheControlScope(Enum):
    """Whom an answer may be kept for."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="Points that calling this field costs, where it is not 1 for an object, 10 for a "
    "mutation or subscription, and 0 for all else. The entries of a list cost 1 each, besides.",
)
class Cost:
    """The directive."""

    weight: int


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cacheControl",
    description="For how many seconds the answer to a GET may be kept, and for whom. After them, "
    "and with 0 at once, it has to be asked for again by its ETag.",
)
class CacheControl:
    """The directive."""

    max_age: int
    scope: CacheControlScope = CacheControlScope.PRIVATE


def price_fields(schema: GraphQLSchema) -> None:
    """Mark the fields that declare a cost, or how long they may be kept."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                price_field(field)


def price_field(field: GraphQLField) -> None:
    """Mark one field."""
    declared = field.extensions.get(DEFINITION)
    for directive in declared.directives if isinstance(declared, StrawberryField) else ():
        if isinstance(directive, Cost):
            field.extensions["cost"] = directive.weight
        elif isinstance(directive, CacheControl):
            public = directive.scope is CacheControlScope.PUBLIC
            field.extensions["cache"] = CachePolicy(directive.max_age, public)
