"""No query that is written to be slow holds the event loop up, and each is refused by its code."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from graphql import get_introspection_query

from server.settings import Settings
from tests.client import Answer, Client
from tests.execution.test_slow_documents import DOCUMENTS, slowness, times
from tests.resolvers.test_content import write
from tests.server.watchdog import Steps, watched

MOST = 0.05
"""Seconds of CPU that a step may take, on the machine of reference."""

REFUSALS = {
    "DOCUMENT_LIMIT_EXCEEDED",
    "GRAPHQL_VALIDATION_FAILED",
    "GRAPHQL_PARSE_FAILED",
    "OPERATION_RESOLUTION_FAILURE",
    "COST_LIMIT_EXCEEDED",
    "NODE_LIMIT_EXCEEDED",
}
FULL = get_introspection_query()
PARTS = "types{name fields{name args{name defaultValue} type{name ofType{name}}}}"
READ_TARGETS = "contents(limit: 100) { targets { id platform state } versions { version } }"
READ_ALL = "contents(limit: 100) { id title body tags author { id profile { fullName } } }"
REFUSED = {
    **{name: text for name, text in DOCUMENTS.items() if "introspection" not in name},
    "fields that are nearly ours": f"{{{times('content#', 900)}}}",
    "arguments that are nearly ours": f"{{contents({times('limi#: 1', 400)}) {{ id }}}}",
    "lists in lists in lists": "{contents(limit: 100) {" + "workspace {members {user {" * 4 + "id"
    "}}}" * 4 + "}}",
    "many lists of much": f"{{{times('a#: ' + READ_ALL + ' ' + READ_TARGETS, 15)}}}",
}
ALLOWED = {
    "introspection": FULL,
    "introspection beside data": FULL.replace("query IntrospectionQuery {", "{ me { id }", 1),
    "introspection by other names": f"{{{times('a#: __schema {' + PARTS + '}', 5)}}}",
    "introspection by variables": "query($d: Boolean) {__schema {types {fields("
    "includeDeprecated: $d) {name args {name} type {name ofType {name}}}}}}",
    "many lists": f"{{{times('a#: ' + READ_ALL, 30)}}}",
}


async def longest(ada: Client, document: str) -> tuple[Answer, Steps]:
    """What is answered to a document that is new to the server, and the longest step of that."""
    with watched() as steps:
        return await ada.run(document), steps


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A server that answers and does nothing besides: its worker would read all that is written."""
    return replace(settings, worker=False)


@pytest.fixture
async def writer(ada: Client) -> Client:
    """A person with a page of content."""
    for number in range(50):
        await write(ada, f"Piece {number}", body="Some words. " * 50)
    return ada


async def test_no_step_of_a_slow_query_takes_longer_than_it_may(writer: Client) -> None:
    bound = MOST * slowness()
    for name, document in REFUSED.items():
        answer, steps = await longest(writer, document)
        assert answer.code in REFUSALS, (name, answer.body)
        assert steps.longest < bound, (name, steps)
    for name, document in ALLOWED.items():
        for _ in range(2):
            answer, steps = await longest(writer, document)
            assert answer.code is None, (name, answer.body)
            assert steps.longest < bound, (name, steps)


async def test_the_watchdog_sees_a_step_that_is_too_long() -> None:
    with watched() as steps:
        await asyncio.sleep(0)
        sum(range(3_000_000))
        await asyncio.sleep(0)
    assert steps.longest > 0.01
