"""Introspection, which is the same for everybody and takes long: read once, and beside the loop.

The whole of a large schema takes a tenth of a second of Python in one piece, which is more than
others may be kept waiting for. What an operation without variables read is kept with it.
"""

import re
from collections.abc import Callable
from typing import Any

import graphql
from graphql import GraphQLObjectType, OperationDefinitionNode
from graphql.pyutils import Path

from execution.beside import Beside

FIELDS = frozenset({"__schema", "__type"})
MENTIONED = re.compile(r"__schema\b|__type\b")

BYTES_PER_VALUE = 60
"""Memory that a value of an answer takes, as measured, with its share of what holds it."""


class Answers:
    """What one operation read of the schema, by the name of the field in the response.

    `size` is an estimate of its bytes. Nothing is kept where variables may change it.
    """

    def __init__(self, *, kept: bool) -> None:
        self.kept = kept
        self.size = 0
        self.found: dict[str | int, Any] = {}

    def keep(self, name: str | int, answer: Any) -> int:
        """Keep an answer, if answers are. The bytes by which this has grown."""
        if not self.kept or name in self.found:
            return 0
        self.found[name] = answer
        size = BYTES_PER_VALUE * values(answer)
        self.size += size
        return size


def answers_of(text: str, operation: OperationDefinitionNode) -> Answers | None:
    """Room for what an operation reads of the schema; None where its document names nothing of it.

    The name may stand in a comment: then it is room for nothing.
    """
    if MENTIONED.search(text) is None:
        return None
    return Answers(kept=not operation.variable_definitions)


def values(answer: Any) -> int:
    """How many values there are in an answer."""
    if isinstance(answer, dict):
        return 1 + sum(map(values, answer.values()))
    if isinstance(answer, list):
        return 1 + sum(map(values, answer))
    return 1


class Introspecting(graphql.Executor[Any]):
    """graphql-core's executor, except for the two fields that tell of the schema.

    graphql-core builds it; then it has to `begin`.
    """

    answers: Answers
    beside: Beside
    grown: Callable[[int], None]

    def begin(self, answers: Answers | None, beside: Beside, grown: Callable[[int], None]) -> None:
        """What was read before, who reads, and who is told of the bytes that are kept."""
        self.answers = answers or Answers(kept=False)
        self.beside = beside
        self.grown = grown

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: Any,
        path: Path,
        position_context: Any,
    ) -> Any:
        """The field's value; that of the schema's fields has to be awaited the first time."""
        arguments = (parent_type, source, field_details_list, path, position_context)
        name = field_details_list[0].node.name.value
        if name not in FIELDS or parent_type is not self.schema.query_type:
            return super().execute_field(*arguments)
        if path.key in self.answers.found:
            return self.answers.found[path.key]
        return self._read(path.key, super().execute_field, arguments)

    async def _read(self, name: str | int, execute: Any, arguments: tuple[Any, ...]) -> Any:
        before = len(self.collected_errors.errors)
        answer = await self.beside.run(lambda: execute(*arguments))
        if len(self.collected_errors.errors) == before:
            self.grown(self.answers.keep(name, answer))
        return answer
