"""What graphql-core builds for a request before it runs an operation, and what is compiled."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import graphql
from graphql import GraphQLError, GraphQLSchema

from execution.beside import Beside
from execution.cache import OperationCache, PreparedOperation
from execution.introspection import Introspecting


@dataclass(frozen=True, slots=True)
class Building:
    """Makes runs of operations of one schema."""

    schema: GraphQLSchema
    cache: OperationCache
    beside: Beside
    suggestions: bool

    def run_of(
        self, prepared: PreparedOperation, variables: dict[str, Any], context: object, root: object
    ) -> "graphql.Executor[Any] | list[GraphQLError]":
        """A run of an operation, or the errors of variables that do not fit."""
        run = prepared.programs.renewed(variables, context, root)
        if run is None:
            kind = graphql.Executor[Any] if prepared.schema_answers is None else Introspecting
            run = kind.build(
                self.schema,
                prepared.document,
                root,
                context,
                variables,
                prepared.name,
                hide_suggestions=not self.suggestions,
            )
        if isinstance(run, Introspecting):
            run.begin(prepared.schema_answers, self.beside, self.cache.grown)
        return run

    async def compile(self, prepared: PreparedOperation, run: "graphql.Executor[Any]") -> None:
        """Compile what a run needs, beside the loop."""
        programs = prepared.programs
        size = programs.size
        await self.beside.run(partial(programs.find, run))
        self.cache.grown(programs.size - size)
