"""Documents that are written to be slow: each is dealt with before a client would notice."""

import time

import pytest
from graphql import GraphQLSchema, build_schema, parse

from execution.engine import Executor
from execution.errors import RequestRejected
from execution.limits import Limits
from execution.request import GraphQLRequest

SECONDS = 0.05
REFERENCE_SECONDS = 0.005
SCHEMA = """
interface I { id: ID n: N i: I }
type Query implements I { id: ID n: N i: I s(t: String, l: [Int], o: O): String }
type N implements I { id: ID n: N i: I m: N s(a: String, b: [Int]): String }
input O { a: Int o: O l: [O] }
"""


def times(pattern: str, count: int) -> str:
    """A pattern so many times, with its number in the place of each #."""
    return " ".join(pattern.replace("#", str(number)) for number in range(count))


DOCUMENTS = {
    "one field again and again": f"{{{times('n{id}', 500)}}}",
    "selection sets to merge pairwise": f"{{{times('n{' + times('id', 30) + '}', 30)}}}",
    "three levels to merge": f"{{{times('n{' + times('n{id id id}', 10) + '}', 10)}}}",
    "fragments side by side": f"{{{times('...F#', 80)}}} "
    + times("fragment F# on Query{n{id}}", 80),
    "fragments that double": "{...F0} "
    + " ".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(100)),
    "a cycle of fragments": "{...F0} "
    + " ".join(
        f"fragment F{n} on Query{{...F{(n + 1) % 100} ...F{(n + 7) % 100}}}" for n in range(100)
    ),
    "a chain of fragments": "{...F0} "
    + " ".join(f"fragment F{n} on Query{{id ...F{n + 1}}}" for n in range(150)),
    "unknown fields": f"{{{times('x#', 1490)}}}",
    "unknown arguments": f"{{s({times('a#:1', 480)})}}",
    "unknown input fields": f"{{s(o:{{l:[{times('{z:1}', 280)}]}})}}",
    "unknown types": f"query({times('$v#:Z#', 240)}){{id}}",
    "aliases": f"{{{times('a#:n{id n{id m{id}}}', 500)}}}",
    "directives": f"{{{times('id @include(if:true)', 500)}}}",
    "unknown directives": f"{{id {times('@d#', 500)}}}",
    "a long list": f"{{s(l:[{times('1', 1400)}])}}",
    "lists in lists": "{s(l:" + "[" * 700 + "]" * 700 + ")}",
    "selections in selections": "{n" * 700 + "{id}" + "}" * 700,
    "inline fragments in inline fragments": "{...on Query" * 195 + "{n{id}}" + "}" * 195,
    "variables": f"query({times('$v#:Int', 160)}){{s(l:[{times('$v#', 160)}])}}",
    "operations": times("query Q#{id}", 290),
    "a long string": '{s(t:"' + "a" * 49_000 + '")}',
    "a string of escapes": '{s(t:"' + "\\u0041" * 8_000 + '")}',
    "a block string of lines": '{s(t:"""' + "\n a" * 16_000 + '""")}',
    "comments": "#\n" * 24_000 + "{id}",
    "commas": "," * 49_000 + "{id}",
    "quotes": '"' * 49_000,
    "block quotes that never end": '"""\\' * 12_000,
    "a long number": "{s(l:[" + "1" * 49_000 + "])}",
    "a long name": "{" + "a" * 49_000 + "}",
    "open braces": "{" * 49_000,
    "introspection again and again": f"{{__schema{{{times('types{fields{name}}', 30)}}}}}",
    "introspection in depth": "{__schema{types{fields{type{fields{type{fields{name}}}}}}}}",
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """Types that refer to one another."""
    return build_schema(SCHEMA)


def report(error: BaseException, located: object) -> str:
    """Nothing unexpected may happen here."""
    raise AssertionError(error)


def cpu_seconds(schema: GraphQLSchema, document: str) -> float:
    """What it costs to admit, parse and validate a document that was never seen."""
    executor = Executor(schema, limits=Limits(), report=report)
    begin = time.thread_time()
    try:
        executor.prepare(GraphQLRequest(document))
    except RequestRejected as rejection:
        assert rejection.errors
    return time.thread_time() - begin


def slowness() -> float:
    """How much slower than the machine of reference this one is just now, at least 1."""
    begin = time.thread_time()
    parse(f"{{{times('a#: b(c: 1) {d}', 100)}}}")
    return max(1.0, (time.thread_time() - begin) / REFERENCE_SECONDS)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_no_document_holds_the_server_up(schema: GraphQLSchema, document: str) -> None:
    """Once is enough, and on a slow or busy machine it may take longer in proportion."""
    assert any(cpu_seconds(schema, document) < SECONDS * slowness() for _ in range(10))


def test_selections_that_are_costly_to_merge_are_refused_by_their_limit(
    schema: GraphQLSchema,
) -> None:
    executor = Executor(schema, limits=Limits(), report=report)
    with pytest.raises(RequestRejected) as caught:
        executor.prepare(GraphQLRequest(DOCUMENTS["selection sets to merge pairwise"]))
    assert caught.value.errors[0]["extensions"]["limit"] == "merge_steps"


def test_a_large_query_of_an_honest_client_passes(schema: GraphQLSchema) -> None:
    """Two dozen fragments that share their fields, as component-wise clients write them."""
    fragments = times("fragment F# on Query{id n{id} i{id n{id}} s}", 24)
    Executor(schema, limits=Limits(), report=report).prepare(
        GraphQLRequest(f"query Page {{{times('...F#', 24)}}} {fragments}")
    )
