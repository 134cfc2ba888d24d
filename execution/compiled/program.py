"""The compiled forms of an operation, and what decides whether there is one."""

from collections.abc import Coroutine, Hashable, Iterator
from typing import Any

import graphql
from graphql import (
    DirectiveNode,
    ExecutionResult,
    GraphQLError,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)
from graphql.execution.values import get_variable_values

from execution.compiled.compiler import Compiler, NotCompiled
from execution.compiled.run import Run, Step

MOST_ERRORS = 50
"""Of variables, that are told of one request, as graphql-core has it."""

MOST_VARIANTS = 8
"""Combinations of conditions that one operation is compiled for; further ones are interpreted."""

BYTES_PER_CHARACTER = 9
"""Memory that compiled functions take for each character of their text, as measured."""

CONDITIONS = frozenset({"skip", "include"})
"""The directives that are compiled. An operation with another one is interpreted."""


class Program:
    """One compiled form of an operation. `text` is its source, to be read."""

    def __init__(self, steps: list[Step], text: str) -> None:
        self.steps = steps
        self.text = text

    def start(
        self, core: "graphql.Executor[Any]"
    ) -> ExecutionResult | Coroutine[Any, Any, ExecutionResult]:
        """Runs it for a request: the result, or what has to be awaited for it.

        Of `core`, which graphql-core built for the request, only what it holds is used.
        """
        return Run(core, self.steps).begin()


class Programs:
    """An operation's compiled forms, one for each combination of its conditions.

    What `@skip` and `@include` say is compiled in; nothing else of a request is.
    """

    def __init__(self) -> None:
        self.variants: dict[Hashable, Program | None] = {}
        self.conditions: tuple[str, ...] | None = None
        self.template: graphql.Executor[Any] | None = None
        self.size = 0

    def find(self, core: "graphql.Executor[Any]") -> Program | None:
        """The form that suits a request; None where graphql-core has to interpret it."""
        variant = self.variant(core)
        if variant in self.variants:
            program = self.variants[variant]
        else:
            program = self.add(variant, core) if len(self.variants) < MOST_VARIANTS else None
        if program is not None and self.template is None:
            self.template = core.build_per_event_executor(None)
            self.template.context_value = None
        return program

    def variant(self, core: "graphql.Executor[Any]") -> Hashable:
        """What the conditions of a request say."""
        if self.conditions is None:
            self.conditions = conditions(core)
        coerced = core.variable_values.coerced
        return tuple([coerced.get(name) for name in self.conditions])

    def known(self, core: "graphql.Executor[Any]") -> bool:
        """Whether nothing has to be compiled for a request."""
        return len(self.variants) >= MOST_VARIANTS or self.variant(core) in self.variants

    def renewed(
        self, variables: dict[str, Any], context: object, root: object
    ) -> "graphql.Executor[Any] | list[GraphQLError] | None":
        """What graphql-core would build for another request: only the variables are looked at.

        None where the operation was not compiled yet; the errors of variables that do not fit.
        """
        template = self.template
        if template is None:
            return None
        core = template.build_per_event_executor(root)
        core.context_value = context
        definitions = template.operation.variable_definitions
        if definitions:
            found = get_variable_values(
                template.schema, definitions, variables, MOST_ERRORS, template.hide_suggestions
            )
            if isinstance(found, list):
                return found
            core.variable_values = found
        return core

    def add(self, variant: Hashable, core: "graphql.Executor[Any]") -> Program | None:
        """Compiles a form, or remembers that there is none."""
        self.variants[variant] = program = compiled(core)
        if program is not None:
            self.size += BYTES_PER_CHARACTER * len(program.text)
        return program


def compiled(core: "graphql.Executor[Any]") -> Program | None:
    """The program of an operation, or None if it is one for the interpreter."""
    if any(directive.name.value not in CONDITIONS for directive in directives(core)):
        return None
    if any(definition.variable_definitions for definition in core.fragment_definitions.values()):
        return None
    compiler = Compiler(core)
    try:
        steps = compiler.compile()
    except NotCompiled:
        return None
    return Program(steps, compiler.source.text)


def conditions(core: "graphql.Executor[Any]") -> tuple[str, ...]:
    """The variables in an operation's conditions."""
    names = [
        argument.value.name.value
        for directive in directives(core)
        for argument in directive.arguments or ()
        if isinstance(argument.value, VariableNode)
    ]
    return tuple(dict.fromkeys(names))


def directives(core: "graphql.Executor[Any]") -> Iterator[DirectiveNode]:
    """Every directive of an operation and of the fragments beside it."""
    for definition in (core.operation, *core.fragment_definitions.values()):
        yield from definition.directives or ()
        for selection in selections(definition.selection_set):
            yield from selection.directives or ()


def selections(selection_set: SelectionSetNode | None) -> Iterator[SelectionNode]:
    """Every selection inside, at any depth, fragments' contents apart."""
    for selection in selection_set.selections if selection_set else ():
        yield selection
        yield from selections(getattr(selection, "selection_set", None))
