"""GraphQL over HTTP: negotiation, statuses, and everything that can be wrong with a request."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tests.server.graphql_site import Site, serving

GRAPHQL = "application/graphql-response+json"
JSON = {"content-type": "application/json"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_site() -> AsyncIterator[Site]:
    """The small graph on a port."""
    async with serving() as running:
        yield running


@pytest.fixture
def site(one_site: Site) -> Site:
    """The same server for all tests, with nothing left of the one before."""
    one_site.world.clear()
    return one_site


def code(response: httpx.Response) -> str:
    """The code of the first error; the response must have no data."""
    body = response.json()
    assert "data" not in body
    assert body["errors"][0]["message"]
    found: str = body["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, application/json;q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, application/json", "application/json"),
        (f"application/json, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0, */*", "application/json"),
        ("text/html;q=0.3, application/json;q=0.1", "application/json"),
        (f"{GRAPHQL}, text/event-stream, multipart/mixed", GRAPHQL),
        ("APPLICATION/JSON ; charset=utf-8", "application/json"),
    ],
)
async def test_the_answer_has_the_type_that_the_client_likes_best(
    site: Site, accept: str | None, media: str
) -> None:
    request = site.http.build_request("POST", site.url, json={"query": "{greeting}"})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = await site.http.send(request)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert response.headers["content-length"] == str(len(response.content))
    assert response.json() == {"data": {"greeting": "hello"}}


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/json;q=0", "text/*"])
async def test_a_client_that_takes_none_of_our_types_is_told_which_there_are(
    site: Site, accept: str
) -> None:
    response = await site.http.post(
        site.url, json={"query": "{greeting}"}, headers={"accept": accept}
    )
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")
    assert GRAPHQL in response.text


@pytest.mark.parametrize(
    "query", ["{", "{nothing}", "query ($n: Int!) {echo(number: $n)}", "query A {a} query B {b}"]
)
async def test_what_cannot_be_run_is_400_in_the_new_type_and_200_in_the_old(
    site: Site, query: str
) -> None:
    for accept, status in ((GRAPHQL, 400), ("application/json", 200)):
        response = await site.http.post(site.url, json={"query": query}, headers={"accept": accept})
        assert response.status_code == status
        assert code(response)


async def test_a_field_that_fails_leaves_the_status_at_200(site: Site) -> None:
    for query in ("{missing}", "{broken}", "{neverNull}"):
        response = await site.http.post(
            site.url, json={"query": query}, headers={"accept": GRAPHQL}
        )
        assert response.status_code == 200
        assert "data" in response.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'"x"',
        b"5",
        b"null",
        b"true",
        b"{}",
        b'{"query": null}',
        b'{"query": 5}',
        b'{"query": ["{greeting}"]}',
        b'{"query": "{greeting}", "variables": "x"}',
        b'{"query": "{greeting}", "variables": []}',
        b'{"query": "{greeting}", "operationName": 5}',
        b'{"query": "{greeting}", "extensions": 0}',
        b'{"query": "{greeting}"} {}',
        b'{"query": "\xff"}',
        b"\xff\xfe",
        b'{"query": "\\ud800"}',
        b'{"query": "{greeting}", "variables": {"n": 1e999}}',
        b'{"query": "{greeting}", "variables": {"n": NaN}}',
        b'{"a":' * 100_000,
        b'{"query": "{greeting}", "variables": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
        b"[" * 100_000,
    ],
)
async def test_a_malformed_body_is_a_400_with_a_message(site: Site, body: bytes) -> None:
    response = await site.http.post(site.url, content=body, headers=JSON)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert site.world.reported == []


@pytest.mark.parametrize("body", [b"[]", b"[1]", b' [{"query": "{greeting}"}]'])
async def test_batches_are_refused_as_such(site: Site, body: bytes) -> None:
    response = await site.http.post(site.url, content=body, headers=JSON)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert "Batches" in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json; charset=latin-1"},
        {**JSON, "content-encoding": "gzip"},
    ],
)
async def test_only_plain_json_is_taken_which_no_form_of_a_browser_can_send(
    site: Site, headers: dict[str, str]
) -> None:
    response = await site.http.post(site.url, content=b'{"query":"{greeting}"}', headers=headers)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_the_charset_of_json_may_be_named(site: Site) -> None:
    for charset in ("utf-8", "UTF-8", '"utf-8"'):
        headers = {"content-type": f"application/json;charset={charset}"}
        body = b'{"query":"{greeting}"}'
        response = await site.http.post(site.url, content=body, headers=headers)
        assert response.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_told_which_are_allowed(site: Site, method: str) -> None:
    response = await site.http.request(method, site.url)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_a_body_beyond_the_limit_is_refused_unread() -> None:
    async with serving(body_bytes=1000) as site:
        fits = b'{"query":"{greeting}"}'.ljust(1000)
        response = await site.http.post(site.url, content=fits, headers=JSON)
        assert response.status_code == 200
        response = await site.http.post(site.url, content=fits + b" ", headers=JSON)
        assert (response.status_code, code(response)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_body_that_never_ends_is_refused_at_the_limit() -> None:
    """Sent in chunks, so that nothing announces its length."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1000
            yield b" " * 1000

    async with serving(body_bytes=1000) as site:
        with pytest.raises(httpx.TransportError):
            await site.http.post(site.url, content=endless(), headers=JSON)
        assert sent > 1000
        assert (await site.post("{greeting}")).status_code == 200


async def test_a_refusal_waits_for_the_end_of_a_body_somewhat_beyond_the_limit() -> None:
    """A client that is cut off while it still writes would not see the answer."""

    async def long() -> AsyncIterator[bytes]:
        for _ in range(16):
            yield b" " * 1000

    async with serving(body_bytes=1000) as site:
        response = await site.http.post(site.url, content=long(), headers=JSON)
        assert (response.status_code, code(response)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_body_that_is_not_sent_is_not_waited_for_in_vain() -> None:
    async with serving(read_seconds=0.1) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n")
        writer.write(b"content-type: application/json\r\n\r\n{")
        answer = await asyncio.wait_for(reader.read(), 40)
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"REQUEST_TIMEOUT" in answer


async def test_a_query_may_come_by_get(site: Site) -> None:
    response = await site.http.get(
        site.url,
        params={
            "query": "query A {greeting} query B($t: String) {echo(text: $t)}",
            "operationName": "B",
            "variables": '{"t": "ü"}',
            "extensions": '{"a": 1}',
            "other": "ignored",
        },
    )
    assert (response.status_code, response.json()) == (200, {"data": {"echo": "ü/None"}})


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query",
        "query=%ff",
        "query={greeting}&query={viewer}",
        "query={greeting}&variables=5",
        "query={greeting}&variables={",
        "query={greeting}&variables=[]",
        "query={greeting}&extensions=%22x%22",
        "query={greeting}&variables=" + "[" * 5000,
        "&".join(f"p{n}=1" for n in range(50)),
    ],
)
async def test_a_malformed_query_string_is_a_400(site: Site, query: str) -> None:
    response = await site.http.get(
        f"{site.url}?{query}", headers={"accept": "application/graphql-response+json"}
    )
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert site.world.reported == []


async def test_nothing_is_changed_by_get(site: Site) -> None:
    response = await site.http.get(site.url, params={"query": 'mutation {note(text: "x")}'})
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST"
    assert site.world.log == []


async def test_a_mutation_beside_a_query_is_found_by_the_operation_that_is_asked_for(
    site: Site,
) -> None:
    params = {"query": 'query A {greeting} mutation B {note(text: "x")}'}
    response = await site.http.get(site.url, params={**params, "operationName": "A"})
    assert response.json() == {"data": {"greeting": "hello"}}
    response = await site.http.get(site.url, params={**params, "operationName": "B"})
    assert response.status_code == 405


async def test_a_subscription_without_a_stream_is_told_where_to_go(site: Site) -> None:
    response = await site.post("subscription {count(to: 1)}")
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")
    assert "text/event-stream" in response.text


async def test_a_browser_is_shown_the_explorer() -> None:
    def page(request: Request) -> HTMLResponse:
        return HTMLResponse(f"explorer of {request.url.path}")

    async with serving(explorer=page) as site:
        headers = {"accept": BROWSER}
        response = await site.http.get(site.url, headers=headers)
        assert response.text == "explorer of /graphql"
        response = await site.http.get(f"{site.url}?query={{greeting}}", headers=headers)
        assert response.text == "explorer of /graphql"
        response = await site.http.get(f"{site.url}?query={{greeting}}")
        assert response.json() == {"data": {"greeting": "hello"}}
        response = await site.http.post(site.url, json={"query": "{greeting}"}, headers=headers)
        assert response.json() == {"data": {"greeting": "hello"}}


async def test_without_an_explorer_a_browser_is_served_like_any_client(site: Site) -> None:
    response = await site.http.get(f"{site.url}?query={{greeting}}", headers={"accept": BROWSER})
    assert response.json() == {"data": {"greeting": "hello"}}


async def test_cookies_that_resolvers_set_go_out_with_a_post(site: Site) -> None:
    response = await site.post("mutation {signIn}")
    assert response.headers["set-cookie"] == "session=abc; HttpOnly"


@pytest.mark.parametrize(
    ("token", "status", "expected"),
    [
        ("bad", 401, {"code": "UNAUTHENTICATED"}),
        ("away", 503, {"code": "UNAVAILABLE", "retryAfter": 2}),
        ("crash", 500, {"code": "INTERNAL_SERVER_ERROR", "errorId": "err_1"}),
    ],
)
async def test_a_client_that_cannot_be_authenticated_is_told_why(
    site: Site, token: str, status: int, expected: dict[str, Any]
) -> None:
    headers = {"authorization": f"Bearer {token}"}
    response = await site.http.post(site.url, json={"query": "{viewer}"}, headers=headers)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"] == expected
    assert "hunter2" not in response.text
    assert response.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert response.headers.get("retry-after") == ("2" if status == 503 else None)


async def test_what_the_client_says_of_itself_reaches_authentication(site: Site) -> None:
    headers = {"authorization": "Bearer ann", "user-agent": "me", "cookie": "a=1; b=2"}
    response = await site.http.post(site.url, json={"query": "{viewer}"}, headers=headers)
    assert response.json() == {"data": {"viewer": "ann"}}
    (seen,) = site.world.credentials
    assert (seen.authorization, seen.user_agent, seen.address) == ("Bearer ann", "me", "127.0.0.1")
    assert dict(seen.cookies) == {"a": "1", "b": "2"}


async def test_every_request_has_a_context_of_its_own(site: Site) -> None:
    for _ in range(3):
        await site.post("{posts {author {name}}}")
    assert site.world.contexts == 3
