"""An executor of the small graph, and what it reported."""

import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema

from execution.engine import Executor
from execution.limits import Limits
from execution.request import GraphQLRequest
from execution.response import Response
from tests.execution.small_graph import Context, graph


@dataclass
class Desk:
    """An executor, a context of a test, and the unexpected exceptions that were reported."""

    schema: GraphQLSchema
    limits: Limits = field(default_factory=Limits)
    context: Context = field(default_factory=Context)
    reported: list[tuple[BaseException, GraphQLError]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.executor = Executor(
            self.schema,
            limits=self.limits,
            report=self.report,
            compiled=os.environ.get("COMPILED_EXECUTION") != "false",
            **self.settings,
        )

    def report(self, error: BaseException, located: GraphQLError) -> str:
        """Notes an exception under a number."""
        self.reported.append((error, located))
        return f"err_{len(self.reported)}"

    async def run(
        self, query: str, variables: dict[str, Any] | None = None, name: str | None = None
    ) -> Response:
        """The response to a query or mutation."""
        request = GraphQLRequest(query, name, variables or {})
        return await self.executor.run(request, self.context)


@pytest.fixture(scope="session")
def schema() -> GraphQLSchema:
    """The small graph."""
    return graph()


@pytest.fixture
def desk(schema: GraphQLSchema) -> Desk:
    """An executor with the default limits."""
    return Desk(schema)
