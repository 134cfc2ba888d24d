"""Compiled or interpreted, an operation has the same answer and the same effects."""

from __future__ import annotations

from random import Random

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.execution.compiled import whole_graph
from tests.execution.compiled.documents import Writer
from tests.execution.compiled.wild_graph import wild_schema
from tests.execution.compiled.wild_runs import differs

# graphql-core drops coroutines where it cancels what would have awaited them. Python then warns, or
# can't even do that, if they are collected where nothing can be imported.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_random_operations_have_the_same_answer_either_way(number: int) -> None:
    assert differs(number) is None


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**40))
def test_so_have_operations_over_the_whole_schema(number: int) -> None:
    assert whole_graph.differs(number) is None


def test_the_random_documents_are_valid() -> None:
    for number in range(12):
        schema = wild_schema(number % 6)
        document = Writer(schema, Random(number)).document("query")
        assert validate(schema, parse(document)) == []
