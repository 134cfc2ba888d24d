"""A field takes no more steps of the interpreter of Python than it did.

Steps (opcodes) are counted, not timed: the count is the same on every machine and under any load.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import graphql
import pytest
from graphql import ExecutionResult, GraphQLField, build_schema, parse

from execution.compiled.declared import ATTRIBUTE
from execution.compiled.program import Programs

OBJECTS = 10
FIELDS = ("text", "note", "number", "flag", "tags")

STEPS = {"text": 9, "note": 11, "number": 19, "flag": 9, "tags": 53}
"""The most steps that one more field of a kind may take for each object (Python 3.11)."""

CALLS = {"called": 153, "fails": 405}
"""The same for a field whose resolver is called, and for one that fails as expected."""

SCHEMA = build_schema("""
type Item {
  text: String!, note: String, number: Int!, flag: Boolean!, tags: [String!]!
  called: String, fails: String
}
type Query { items: [Item!]! }
""")


class NotThere(Exception):
    """An expected failure."""

    code = "NOT_FOUND"


def fails(*_: object) -> str:
    """A resolver that fails."""
    raise NotThere("It is not there.")


@dataclass
class Item:
    """An object of plain attributes."""

    text: str = "text"
    note: str | None = "note"
    number: int = 7
    flag: bool = True
    tags: list[str] = field(default_factory=lambda: ["one", "two"])


def declare() -> None:
    """Say which fields are attributes, and what resolves the others."""
    fields: dict[str, GraphQLField] = SCHEMA.type_map["Item"].fields  # type: ignore[attr-defined]
    for name in FIELDS:
        fields[name].extensions[ATTRIBUTE] = name
    fields["called"].resolve = lambda *_: "here"
    fields["fails"].resolve = fails


def steps(selection: str) -> int:
    """The opcodes that are run for a selection of each item, after it was compiled."""
    declare()
    root = {"items": [Item() for _ in range(OBJECTS)]}
    core = graphql.Executor.build(SCHEMA, parse(f"{{ items {{ {selection} }} }}"), root)
    assert isinstance(core, graphql.Executor)
    program = Programs().find(core)
    assert program is not None
    assert isinstance(program.start(core), ExecutionResult)
    return min(counted(lambda: program.start(core)) for _ in range(3))


def counted(run: Callable[[], object]) -> int:
    """The opcodes that are run. What the collector finalises in between is counted too."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def more(name: str) -> float:
    """The steps that one more field takes for each object."""
    return (steps(f"one: {name} two: {name}") - steps(f"one: {name}")) / OBJECTS


@pytest.mark.parametrize("name", FIELDS)
def test_a_plain_field_takes_no_more_steps_than_it_did(name: str) -> None:
    assert more(name) <= STEPS[name], f"{more(name)} steps for each {name}"


@pytest.mark.parametrize("name", CALLS)
def test_a_call_and_an_expected_error_take_no_more_steps_than_they_did(name: str) -> None:
    assert more(name) <= CALLS[name], f"{more(name)} steps for each {name}"
