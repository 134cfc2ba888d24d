"""A plain field takes no more steps of the interpreter of Python than it did.

Steps (opcodes) are counted, not timed: the count is the same on every machine and under any load.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

import graphql
import pytest
from graphql import ExecutionResult, build_schema, parse

from execution.compiled.declared import ATTRIBUTE
from execution.compiled.program import Programs

OBJECTS = 10
FIELDS = ("text", "note", "number", "flag")

STEPS = {"text": 15, "note": 17, "number": 25, "flag": 15}
"""The most steps that one more field of a kind may take for each object (Python 3.11)."""

SCHEMA = build_schema("""
type Item { text: String!, note: String, number: Int!, flag: Boolean! }
type Query { items: [Item!]! }
""")


@dataclass
class Item:
    """An object of plain attributes."""

    text: str = "text"
    note: str | None = "note"
    number: int = 7
    flag: bool = True


def declare() -> None:
    """Say that all fields are attributes."""
    for name in FIELDS:
        SCHEMA.type_map["Item"].fields[name].extensions[ATTRIBUTE] = name  # type: ignore[attr-defined]


def steps(selection: str) -> int:
    """The opcodes that are run for a selection of each item, after it was compiled."""
    declare()
    root = {"items": [Item() for _ in range(OBJECTS)]}
    core = graphql.Executor.build(SCHEMA, parse(f"{{ items {{ {selection} }} }}"), root)
    assert isinstance(core, graphql.Executor)
    program = Programs().find(core)
    assert program is not None
    assert isinstance(program.start(core), ExecutionResult)
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        program.start(core)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", FIELDS)
def test_a_plain_field_takes_no_more_steps_than_it_did(name: str) -> None:
    more = steps(f"one: {name} two: {name}") - steps(f"one: {name}")
    assert more / OBJECTS <= STEPS[name], f"{more / OBJECTS} steps for each {name}"
