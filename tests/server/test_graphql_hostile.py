"""What scanners of GraphQL servers look for, tried on one that is set up as in production."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.server.graphql_site import Site, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_site() -> AsyncIterator[Site]:
    """No introspection, no suggestions, no explorer."""
    async with serving(executor={"introspection": False, "suggestions": False}) as running:
        yield running


@pytest.fixture
def site(one_site: Site) -> Site:
    """The same server for all tests, with nothing left of the one before."""
    one_site.world.clear()
    return one_site


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("{" + " ".join(f"a{n}: __typename" for n in range(101)) + "}", "aliases"),
        ("{" + "__typename " * 500 + "}", "repeats"),
        ("{__typename" + " @aa" * 100 + "}", "directives"),
        ("{" + "posts {author {" * 50 + "name" + "}}" * 50 + "}", "depth"),
        ("{echo(text: " + "[" * 50 + "]" * 50 + ")}", "depth"),
        ("{greeting " + "#" * 60_000 + "\n}", "bytes"),
        ("{" + " ".join(f"f{n}" for n in range(2_000)) + "}", "tokens"),
        (
            "{...A ...A ...A} "
            + " ".join(
                f"fragment {name} on Query {{{f'...{after} ' * 10}}}"
                for name, after in zip("ABCD", "BCDE", strict=True)
            )
            + "fragment E on Query {greeting}",
            "fields",
        ),
    ],
)
async def test_overloaded_documents_are_refused_by_a_limit(
    site: Site, query: str, limit: str
) -> None:
    (error,) = (await site.post(query)).json()["errors"]
    assert error["extensions"]["code"] == "DOCUMENT_LIMIT_EXCEEDED"
    assert error["extensions"]["limit"] == limit
    assert site.world.contexts == 0


async def test_circular_fragments_are_refused(site: Site) -> None:
    body = (await site.post("{...A} fragment A on Query {...B} fragment B on Query {...A}")).json()
    assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("query", ["{__schema {types {name}}}", '{__type(name: "Post") {name}}'])
async def test_the_schema_can_neither_be_introspected_nor_guessed(site: Site, query: str) -> None:
    assert "data" not in (await site.post(query)).json()
    text = (await site.post("{greetin pots {nam} colours(colour: REDD)}")).text
    for name in ("greeting", "posts", "'name'", "'RED'", "Did you mean"):
        assert name not in text


async def test_batches_are_refused(site: Site) -> None:
    response = await site.http.post(site.url, json=[{"query": "{greeting}"}] * 10)
    assert response.status_code == 400
    assert "data" not in response.text


async def test_nothing_can_be_changed_by_what_a_strange_page_can_send(site: Site) -> None:
    """A link, a form of each kind, and a script that asks for no permission first."""
    mutation = 'mutation {note(text: "x")}'
    response = await site.http.get(site.url, params={"query": mutation})
    assert response.status_code == 405
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        response = await site.http.post(
            site.url,
            content=b'{"query": "mutation {note(text: \\"x\\")}"}',
            headers={"content-type": kind},
        )
        assert response.status_code == 415
    response = await site.http.post(site.url, data={"query": mutation})
    assert response.status_code == 415
    assert site.world.log == []


async def test_no_explorer_is_shown(site: Site) -> None:
    response = await site.http.get(site.url, headers={"accept": "text/html"})
    assert response.status_code == 406
    assert "<html" not in response.text


async def test_no_traces_and_no_texts_of_exceptions_are_told(site: Site) -> None:
    headers = {"apollo-tracing": "1", "x-apollo-tracing": "1"}
    body = {"query": "{broken neverNull}", "extensions": {"tracing": True}}
    response = await site.http.post(site.url, json=body, headers=headers)
    assert set(response.json()) == {"data", "errors"}
    for secret in ("hunter2", "RuntimeError", "TypeError", "Traceback", ".py", "uvicorn"):
        assert secret not in response.text


async def test_values_nested_beyond_reason_end_in_no_failure(site: Site) -> None:
    """Deeper than the interpreter recurses, where the schema would take them."""
    value: object = "x"
    for _ in range(400):
        value = [value]
    query = "query ($i: PostInput!) {described(input: $i)}"
    body = {"query": query, "variables": {"i": {"name": "a", "tags": value}}}
    response = await site.http.post(site.url, json=body)
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert site.world.reported == []
