"""Arguments, coerced once for an operation or a request and not for each object."""

from enum import Enum
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, Undefined, get_argument_values
from graphql.language import Node, VariableNode, Visitor, visit

from execution.compiled.position import Field

if TYPE_CHECKING:
    from execution.compiled.run import Run

UNCHANGING = (str, int, float, bool, bytes, Enum, type(None), type(Undefined))


def constant(field: Field) -> dict[str, Any] | None:
    """A field's arguments if every request has the same, and no resolver can change them."""
    node = field.nodes[0]
    if any(has_variables(argument) for argument in node.arguments or ()):
        return None
    try:
        found = get_argument_values(field.definition, node)
    except GraphQLError:
        return None
    return found if unchanging(found) else None


def given(run: "Run", field: Field) -> dict[str, Any]:
    """A field's arguments in this request. Raises GraphQLError where they don't fit."""
    found = run.arguments.get(field)
    if found is None:
        core = run.core
        found = get_argument_values(
            field.definition, field.nodes[0], core.variable_values, None, core.hide_suggestions
        )
        if unchanging(found):
            run.arguments[field] = found
    return found


def unchanging(arguments: dict[str, Any]) -> bool:
    """Whether no resolver can change the values; lists and input objects are made anew instead."""
    return all(isinstance(value, UNCHANGING) for value in arguments.values())


def has_variables(node: Node) -> bool:
    """Whether a variable occurs in a value."""
    found: list[VariableNode] = []

    class Variables(Visitor):
        def enter_variable(self, node: VariableNode, *_: object) -> None:
            found.append(node)

    visit(node, Variables())
    return bool(found)
