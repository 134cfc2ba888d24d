"""Objects whose type has to be found out, or made sure of, before their fields are resolved."""

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLAbstractType, GraphQLObjectType, default_type_resolver
from graphql.execution.executor import invalid_return_type_error
from graphql.pyutils import is_awaitable

from execution.compiled.declared import CLASS
from execution.compiled.position import Complete, Field, Place, field_place
from execution.compiled.values import Later

if TYPE_CHECKING:
    from execution.compiled.run import Run


def sure(kind: GraphQLObjectType, field: Field, fields: Complete) -> Complete:
    """`fields`, for values that are of that type; the type's predicate is asked, if it has one."""
    is_type_of = kind.is_type_of
    if is_type_of is None:
        return fields
    certain = kind.extensions.get(CLASS)

    def complete(run: "Run", value: Any, place: Place) -> Any:
        if value.__class__ is not certain:
            answer: Any = is_type_of(value, run.info(field, field_place(place)))
            if is_awaitable(answer):
                raise Later(answer, partial(answered, value))
            return answered(value, run, answer, place)
        return fields(run, value, place)

    def answered(value: Any, run: "Run", answer: Any, place: Place) -> Any:
        if not answer:
            raise invalid_return_type_error(kind, value, field.details)
        return fields(run, value, place)

    return complete


def one_of(kind: GraphQLAbstractType, field: Field, types: dict[str, Complete]) -> Complete:
    """Completes a value as what its abstract type is found to be for it."""
    resolve_type = kind.resolve_type or default_type_resolver

    def complete(run: "Run", value: Any, place: Place) -> Any:
        name: Any = resolve_type(value, run.info(field, field_place(place)), kind)
        if is_awaitable(name):
            raise Later(name, partial(named, value))
        return named(value, run, name, place)

    def named(value: Any, run: "Run", name: Any, place: Place) -> Any:
        info = run.info(field, field_place(place))
        found = run.core.ensure_valid_runtime_type(name, kind, field.details, info, value)
        return types[found.name](run, value, place)

    return complete
