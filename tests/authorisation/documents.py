"""Operations written from the schema: every field of an answer, as deep as it matters."""

from __future__ import annotations

import json
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    print_ast,
)

DEPTH = 3


def operation(schema: GraphQLSchema, root: str, name: str, variables: dict[str, Any]) -> str:
    """A document that calls one root field with these arguments and asks for all it may give."""
    field = schema.type_map[root].fields[name]  # type: ignore[attr-defined]
    declared = ", ".join(f"${key}: {field.args[key].type}" for key in variables)
    given = ", ".join(f"{key}: ${key}" for key in variables)
    head = f"{root.lower()} Op{f'({declared})' if declared else ''}"
    return f"{head} {{ {name}{f'({given})' if given else ''} {selection(schema, field)} }}"


def selection(schema: GraphQLSchema, field: GraphQLField, depth: int = DEPTH) -> str:
    """The braces after a field: everything below it that needs no argument and no other right."""
    return inside(schema, get_named_type(field.type), depth)


def inside(schema: GraphQLSchema, kind: GraphQLNamedType, depth: int) -> str:
    """The selection of a type; empty for a leaf."""
    if is_leaf_type(kind):
        return ""
    if is_abstract_type(kind):
        possible = schema.get_possible_types(kind)
        parts = [f"... on {each.name} {leaves(each)}" for each in possible]
        return f"{{ __typename {' '.join(parts)} }}"
    assert isinstance(kind, GraphQLObjectType)
    parts = ["__typename"]
    for name, field in kind.fields.items():
        if access(field) or any(is_required_argument(each) for each in field.args.values()):
            continue
        leaf = is_leaf_type(get_named_type(field.type))
        if leaf:
            parts.append(name)
        elif depth > 0:
            parts.append(f"{name} {selection(schema, field, depth - 1)}")
    return f"{{ {' '.join(parts)} }}"


def leaves(kind: GraphQLObjectType) -> str:
    """The leaves of one of several possible types, under names that none of the others has."""
    found = [
        name for name, field in kind.fields.items() if is_leaf_type(get_named_type(field.type))
    ]
    return f"{{ {' '.join(f'{kind.name}_{name}: {name}' for name in found[:4])} }}"


def access(field: GraphQLField) -> dict[str, str] | None:
    """What `@access` says of a field of the printed schema, None where it says nothing."""
    written = field.ast_node.directives if field.ast_node else None
    for directive in written or ():
        if directive.name.value == "access":
            given = directive.arguments or ()
            return {each.name.value: print_ast(each.value) for each in given}
    return None


def ids_in(variables: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all ids among these variables."""
    if isinstance(variables, dict):
        pairs: Any = variables.items()
    elif isinstance(variables, list):
        pairs = enumerate(variables)
    else:
        text = isinstance(variables, str) and len(variables) == 30 and variables[3:4] == "_"
        return [path] if text else []
    return [found for key, each in pairs for found in ids_in(each, (*path, key))]


def with_value(variables: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same variables but for one of them."""
    copy = json.loads(json.dumps(variables))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


def value_at(variables: Any, path: tuple[Any, ...]) -> Any:
    """What is at a path."""
    for step in path:
        variables = variables[step]
    return variables
