"""How a field's resolver is called: as Strawberry does it, with all that can be known beforehand.

Strawberry looks at each argument's type for each call. Here that is done when the schema is built,
so that a call comes to little more than the resolver itself. Fields with extensions (permission
classes are some), and types of arguments that are not told below, are left to Strawberry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry import UNSET, Schema
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_argument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    StrawberryType,
    get_object_definition,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField

Convert = Callable[[Any], Any]
Kind = StrawberryType | type
Named = tuple[str, str, Convert | None]
"""A value's name in GraphQL and in Python, and what makes the one of the other."""


def caller(field: StrawberryField, schema: Schema) -> Callable[..., Any] | None:
    """What calls a field's resolver as graphql-core asks for it; None: Strawberry has to."""
    resolver = field.base_resolver
    if resolver is None or field.extensions or field.is_subscription:
        return None
    if resolver.parent_parameter or resolver.root_parameter:
        return None
    call: Callable[..., Any] = resolver.wrapped_func  # type: ignore[assignment]
    takes_self, info_name = bool(resolver.self_parameter), info_parameter(field)
    told, arguments = schema.config.info_class, tuple(arguments_of(field, schema))

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        values: dict[str, Any] = {}
        for name, python_name, convert in arguments:
            if name in given:
                value = given[name]
                values[python_name] = value if convert is None else convert(value)
        if info_name is not None:
            values[info_name] = told(_raw_info=info, _field=field)
        return call(source, **values) if takes_self else call(**values)

    return resolve


def info_parameter(field: StrawberryField) -> str | None:
    """The name by which a resolver takes the info, if it does."""
    parameter = field.base_resolver.info_parameter if field.base_resolver else None
    return parameter.name if parameter else None


def arguments_of(field: StrawberryField, schema: Schema) -> Iterator[Named]:
    """The arguments of a field."""
    for argument in field.arguments:
        name = schema.config.name_converter.from_argument(argument)
        yield name, argument.python_name, converter(argument.type, schema, name)


def converter(kind: Kind, schema: Schema, *path: str) -> Convert | None:
    """What makes a Python value of one of GraphQL; None where they are the same."""
    if isinstance(kind, StrawberryOptional) and not isinstance(kind, StrawberryMaybe):
        return converter(kind.of_type, schema, *path)
    if is_leaf(kind, schema):
        return None
    if isinstance(kind, StrawberryList) and is_leaf(kind.of_type, schema):
        return copied
    if has_object_definition(kind) and get_object_definition(kind, strict=True).from_input is None:
        return input_of(kind, schema, path)
    registry = schema.schema_converter.scalar_registry
    return lambda value: convert_argument(value, kind, registry, schema.config, path=path)


def is_leaf(kind: Kind, schema: Schema) -> bool:
    """Whether its values are the same in Python: a scalar, but Relay's, or an enum."""
    if isinstance(kind, StrawberryEnumDefinition) or has_enum_definition(kind):
        return True
    named = getattr(kind, "__name__", "") == "GlobalID"
    return not named and is_scalar(kind, schema.schema_converter.scalar_registry)


def copied(value: Any) -> Any:
    """A list of one's own: graphql-core gives the same default to each request."""
    return value if value is None or value is UNSET else list(value)


def input_of(kind: type, schema: Schema, path: tuple[str, ...]) -> Convert:
    """What makes an input object; its fields are looked at when the first one comes."""
    fields: list[Named] = []
    absent: dict[str, Any] = {}

    def look() -> None:
        definition = get_object_definition(kind, strict=True)
        for field in definition.fields:
            name = schema.config.name_converter.from_field(field)
            of = field.resolve_type(type_definition=definition)
            if is_required(field):
                absent[field.python_name] = None
            fields.append((name, field.python_name, converter(of, schema, *path, name)))

    def convert(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        if not fields:
            look()
        made = dict(absent)
        for name, python_name, inner in fields:
            if name in value:
                made[python_name] = value[name] if inner is None else inner(value[name])
        return kind(**made)

    return convert


def is_required(field: StrawberryField) -> bool:
    """Whether an input's field has no default in Python."""
    return field.default_value is MISSING and field.default_factory is MISSING
