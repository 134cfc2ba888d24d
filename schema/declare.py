"""What Strawberry's fields are, told to the compiler of operations.

A field without a resolver is an attribute; a relation says so in its metadata. All others are
called as Strawberry calls them, most of them in a shorter way (`schema.calls`).
"""

from __future__ import annotations

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry import Schema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from execution.compiled.declared import ATTRIBUTE, CLASS, RELATION, Relation
from schema.calls import caller

DEFINITION = "strawberry-definition"
"""Where Strawberry keeps what a type or field was made of."""


def declare(schema: GraphQLSchema) -> None:
    """Mark the attributes, the relations and the classes of a schema that Strawberry made."""
    made: Schema = schema._strawberry_schema  # type: ignore[attr-defined]
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            definition = kind.extensions.get(DEFINITION)
            if isinstance(definition, StrawberryObjectDefinition):
                kind.extensions[CLASS] = definition.origin
            for field in kind.fields.values():
                declare_field(field, made)


def declare_field(field: GraphQLField, schema: Schema) -> None:
    """Mark one field."""
    declared = field.extensions.get(DEFINITION)
    if not isinstance(declared, StrawberryField) or declared.is_subscription:
        return
    relation = declared.metadata.get("relation")
    if relation is not None:
        field.extensions[RELATION] = Relation(*relation)
    elif declared.is_basic_field:
        field.extensions[ATTRIBUTE] = declared.python_name
        return
    field.resolve = caller(declared, schema) or field.resolve
