"""What graphql-cop and GraphQL Armor look for, tried on our graph as it is set up in production.

Each test is called after the check: `cop` are those of the scanner, `armor` those of the guard,
whose absence scanners report. They find nothing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from datasources.redis import Redis
from server.engines import EngineUrls
from server.settings import Settings, read
from tests.cleaning import cleared
from tests.client import Client
from tests.conftest import PATIENCE, Running, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRETS = ("Traceback", ".py", "Exception", "stack", "uvicorn", "pymongo", "graphql-core")
BOOK = 'mutation {createContent(input: {type: POST, body: "x"}) {id}}'


def production(engines: EngineUrls, name: str, folder: Path) -> Settings:
    """What an operator has to set, and nothing else but that nobody counts requests."""
    return read(
        {
            "BRANDGRAPH_ENV": "production",
            "MONGODB_URL": engines.mongodb,
            "MONGODB_DATABASE": name,
            "REDIS_URL": engines.redis,
            "REDIS_NAMESPACE": name,
            "ENGINE_TIMEOUT_SECONDS": str(PATIENCE),
            "AUTH_KEYS": f"k:{secrets.token_hex(32)}",
            "DATA_DIR": str(folder),
            "PORT": "0",
            "PASSWORD_MEMORY_KIB": "8",
            "PASSWORD_ROUNDS": "1",
            "RATE_LIMITS": "anonymous:100000,free:100000",
        }
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(
    engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """The server in production mode."""
    name = f"scanned{os.getpid()}"
    settings = production(engines, name, tmp_path_factory.mktemp("scanned"))
    async with cleared(Redis(engines.redis, name)), serving(settings) as running:
        yield running
        await running.backend.mongo.client.drop_database(name)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada(site: Running) -> AsyncIterator[Client]:
    """Somebody with an account, for whom more is done than for a stranger."""
    async with httpx.AsyncClient(timeout=20) as http:
        yield await Client(site.url, http).register("ada@example.com", "Ada")


async def refused(client: Client, query: str, code: str, **details: Any) -> None:
    """See that a document is refused before anything of it runs."""
    answer = await client.run(query)
    assert answer.status == 400
    assert "data" not in answer.body
    extensions = answer.error["extensions"]
    assert extensions["code"] == code, answer.body
    assert {name: extensions.get(name) for name in details} == details


async def over(client: Client, query: str, limit: str) -> None:
    """See that a document is over a limit."""
    await refused(client, query, "DOCUMENT_LIMIT_EXCEEDED", limit=limit)


async def bare(client: Client, method: str, **options: Any) -> httpx.Response:
    """Another request than our clients send."""
    client.http.cookies.clear()
    return await client.http.request(method, f"{client.url}/graphql", **options)


def nested(depth: int) -> str:
    """A document that goes down so many fields."""
    return "{workspaces {edges {node {" + "parent {" * depth + "id" + "}" * depth + "}}}}"


# graphql-cop: denial of service


@pytest.mark.parametrize("count", [31, 101, 1001])
async def test_cop_alias_overloading(ada: Client, count: int) -> None:
    names = " ".join(f"alias{number}: __typename" for number in range(count))
    limit = "aliases" if count < 1000 else "tokens"
    await over(ada, "query cop {" + names + "}", limit)


async def test_cop_array_based_query_batching(ada: Client) -> None:
    response = await bare(ada, "POST", json=[{"query": "query cop {__typename}"}] * 10)
    assert response.status_code == 400
    assert "data" not in response.text
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_cop_directive_overloading(ada: Client) -> None:
    await over(ada, "query cop {__typename " + "@aa" * 100 + "}", "directives")
    await over(ada, "query cop {__typename " + "@skip(if: false) " * 51 + "}", "directives")


async def test_cop_circular_query_by_introspection(ada: Client) -> None:
    inner = "types {fields {type {fields {type {fields {type {name}}}}}}}"
    answer = await ada.run("query cop {__schema {" + inner + "}}")
    assert "data" not in answer.body
    assert answer.code == "GRAPHQL_VALIDATION_FAILED"


async def test_cop_field_duplication(ada: Client) -> None:
    await over(ada, "query cop {" + "__typename " * 500 + "}", "repeats")
    await over(ada, "query cop {" + "me {id} " * 100 + "}", "repeats")


# graphql-cop: information


@pytest.mark.parametrize(
    "query",
    [
        "query cop {__schema {directive}}",
        "query cop {__schema {queryType {name}}}",
        'query cop {__type(name: "User") {name}}',
        "query cop {...{__schema {types {name}}}}",
        "query cop {me {id} s: __schema {types {name}}}",
        "query IntrospectionQuery {__schema {types {name}}}",
    ],
)
async def test_cop_introspection(ada: Client, query: str) -> None:
    answer = await ada.run(query)
    assert (answer.status, "data" in answer.body) == (400, False)
    assert "User" not in str(answer.body).replace("'User'", "").replace('"User"', "")


@pytest.mark.parametrize(
    ("query", "secret"),
    [
        ("{mee {id}}", "'me'"),
        ("{me {emial}}", "email"),
        ("{content(idd: 1) {id}}", "'id'"),
        ("{contents(filter: {statuz: DRAFT}) {id}}", "'status'"),
        ("{contents(filter: {status: DRAFTS}) {id}}", "DRAFT'"),
        ("{me {...on Usr {id}}}", "User"),
        ("query($f: ContentFiltr) {contents(filter: $f) {id}}", "ContentFilter'"),
        ("{me {id @inclde(if: true)}}", "@include"),
        ("mutation {createContnt {id}}", "createContent"),
        ("subscription {contentPublishd {id}}", "contentPublished"),
        ("query($a: Int) {contents(limit: $aa) {id}}", "Did you mean"),
        ("{me}", "Did you mean"),
    ],
)
async def test_cop_field_suggestions(ada: Client, query: str, secret: str) -> None:
    """Neither of fields nor of types, arguments, values, directives and variables."""
    text = str((await ada.run(query)).body)
    assert "GRAPHQL_VALIDATION_FAILED" in text
    assert "Did you mean" not in text
    assert secret not in text


async def test_cop_field_suggestions_in_variables(ada: Client) -> None:
    answer = await ada.run("query($f: ContentFilter) {contents(filter: $f) {id}}", f={"statuz": 1})
    assert answer.code == "BAD_USER_INPUT"
    assert "Did you mean" not in str(answer.body)


@pytest.mark.parametrize("path", ["graphql", "graphiql", "playground", "console", "altair", ""])
async def test_cop_graphiql_exposed(ada: Client, path: str) -> None:
    response = await ada.http.get(f"{ada.url}/{path}", headers={"accept": "text/html"})
    assert response.status_code in {404, 406}
    for word in ("graphiql", "playground", "<script", "<html"):
        assert word not in response.text.lower()


async def test_cop_trace_mode(ada: Client) -> None:
    headers = {"x-apollo-tracing": "1", "authorization": f"Bearer {ada.token}"}
    body = {"query": "query cop {me {id}}", "extensions": {"tracing": True, "debug": 1}}
    response = await bare(ada, "POST", json=body, headers=headers)
    assert set(response.json()) == {"data", "extensions"}
    assert set(response.json()["extensions"]) == {"cost"}
    assert not {"x-powered-by", "server", "x-debug"} & set(response.headers)


@pytest.mark.parametrize(
    "query",
    ["qwerty cop {abc}", "{", "query {me(", '{node(id: "\\uD800") {id}}', '{content(id: "") {id}}'],
)
async def test_cop_unhandled_errors(ada: Client, query: str) -> None:
    text = str((await ada.run(query)).body)
    assert "INTERNAL_SERVER_ERROR" not in text
    for secret in SECRETS:
        assert secret not in text


async def test_cop_unhandled_errors_of_resolvers(site: Running, ada: Client) -> None:
    """A record that nobody foresaw: the message tells the id of a line in the log, and no more."""
    written = (await ada.data(BOOK))["createContent"]["id"]
    contents = site.backend.mongo.database["content"]
    await contents.update_one({"_id": written}, {"$set": {"tags": "hunter2"}})
    answer = await ada.run("query($i: ID!) {content(id: $i) {id tags}}", i=written)
    await contents.delete_one({"_id": written})
    assert answer.code == "INTERNAL_SERVER_ERROR"
    assert answer.error["message"] == "Internal server error"
    assert set(answer.error["extensions"]) == {"code", "errorId"}
    for secret in (*SECRETS, "hunter2"):
        assert secret not in str(answer.body)


# graphql-cop: requests that a page of another site can make a browser send


async def test_cop_get_based_mutation(ada: Client) -> None:
    headers = {"authorization": f"Bearer {ada.token}"}
    response = await bare(ada, "GET", params={"query": BOOK}, headers=headers)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        response = await bare(ada, method, params={"query": BOOK}, headers=headers)
        assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    assert (await ada.data("{contents {id}}"))["contents"] == []


async def test_cop_get_method_query_support(ada: Client) -> None:
    """Queries may be sent by GET, as the specification has it; nobody is believed there to be who
    the cookie says, unless the page is ours.
    """
    signed_in = await ada.run(
        "mutation($i: LoginInput!) {login(input: $i) {accessToken}}",
        i={"email": "ada@example.com", "password": "correct horse battery staple"},
    )
    cookie = f"brandgraph_session={signed_in.data['login']['accessToken']}"
    query = {"query": "query cop {me {id}}"}
    for strange in ({}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        headers = {"cookie": cookie, **strange}
        response = await bare(ada, "GET", params=query, headers=headers)
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", strange
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""],
)
async def test_cop_post_based_csrf(ada: Client, kind: str) -> None:
    """Forms of each kind, with the document as a form has it and as JSON has it."""
    headers = {"content-type": kind, "authorization": f"Bearer {ada.token}"}
    for content in (f"query={BOOK}", f'{{"query": {BOOK!r}}}'.replace("'", '"')):
        response = await bare(ada, "POST", content=content, headers=headers)
        assert response.status_code == 415
    assert (await ada.data("{contents {id}}"))["contents"] == []


# GraphQL Armor


async def test_armor_character_limit(ada: Client) -> None:
    await over(ada, "{me {id}}" + "#" * 60_000, "bytes")


async def test_armor_token_limit(ada: Client) -> None:
    await over(ada, "{" + " ".join(f"field{number}" for number in range(2000)) + "}", "tokens")


@pytest.mark.parametrize(
    "query",
    [
        nested(20),
        nested(20).replace("{workspaces", "query IntrospectionQuery {workspaces"),
        "{...A} fragment A on Query {" + nested(20).strip("{}") + "}" * 24 + "}",
        "{contents(filter: {text: " + "[" * 40 + "]" * 40 + "}) {id}}",
    ],
)
async def test_armor_depth_limit(ada: Client, query: str) -> None:
    """Also in fragments, and whatever the operation is called."""
    await over(ada, query, "depth")


async def test_armor_depth_limit_of_fragments_in_fragments(ada: Client) -> None:
    """Fragments in place go down no further in the data, so the parser bounds them."""
    await refused(ada, "{" + "...{" * 300 + "me {id}" + "}" * 301, "GRAPHQL_PARSE_FAILED")


async def test_armor_aliases_limit_in_fragments(ada: Client) -> None:
    names = " ".join(f"a{number}: email" for number in range(40))
    await over(ada, "{me {...A}} fragment A on User {" + names + "}", "aliases")


async def test_armor_directives_limit_in_fragments(ada: Client) -> None:
    spread = "...A @include(if: true) "
    await over(ada, "{me {" + spread * 26 + "}} fragment A on User {" + "id @skip(if: false) " * 26
        + "}", "directives")  # fmt: skip


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (
            "{contents(limit: 100) {versions(first: 100) {edges {node {author {id}}}}}}",
            "COST_LIMIT_EXCEEDED",
        ),
        (
            "{workspaces(first: 100) {edges {node {children(first: 100) {edges {node {"
            "members(first: 100) {edges {node {role}}}}}}}}}}",
            "NODE_LIMIT_EXCEEDED",
        ),
        (
            "query IntrospectionQuery {contents(limit: 100) {...V}} fragment V on Content "
            "{versions(first: 100) {edges {node {author {id}}}}}",
            "COST_LIMIT_EXCEEDED",
        ),
    ],
)
async def test_armor_cost_limit(ada: Client, query: str, code: str) -> None:
    await refused(ada, query, code)


@pytest.mark.parametrize("size", [101, 10**6, 2**31 - 1, -1, 0])
async def test_armor_page_size_limit(ada: Client, size: int) -> None:
    answer = await ada.run("query($n: Int) {contents(limit: $n) {id}}", n=size)
    assert answer.code in {"BAD_USER_INPUT", "COST_LIMIT_EXCEEDED", "NODE_LIMIT_EXCEEDED"}


async def test_armor_circular_fragments(ada: Client) -> None:
    for query in (
        "{...A} fragment A on Query {...A}",
        "{...A} fragment A on Query {...B} fragment B on Query {...A}",
        "{me {...A}} fragment A on User {id ...B} fragment B on User {...C} "
        "fragment C on User {...A}",
    ):
        await refused(ada, query, "GRAPHQL_VALIDATION_FAILED")


async def test_armor_fragments_that_unfold_without_end(ada: Client) -> None:
    """Each spread ten times in the one before."""
    names = "ABCDEF"
    fragments = [
        f"fragment {name} on Query {{{f'...{after} ' * 10}}}" for name, after in pairwise(names)
    ]
    await over(ada, f"{{{'...A ' * 10}}} {' '.join(fragments)} fragment F on Query {{__typename}}",
        "fields")  # fmt: skip


async def test_armor_limits_hold_on_sockets_and_streams_too(ada: Client) -> None:
    query = "{" + " ".join(f"a{number}: __typename" for number in range(101)) + "}"
    async with ada.socket() as socket:
        await socket.send({"id": "1", "type": "subscribe", "payload": {"query": query}})
        message = await socket.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["limit"] == "aliases"
    answer = await ada.first_event(query)
    assert answer.error["extensions"]["limit"] == "aliases"


# What scanners of web servers add


async def test_what_is_measured_is_for_operators_only(ada: Client) -> None:
    assert (await ada.http.get(f"{ada.url}/metrics")).status_code == 404


async def test_cookies_have_their_flags_and_answers_are_not_kept(ada: Client) -> None:
    body = {
        "query": "mutation($i: LoginInput!) {login(input: $i) {expiresAt}}",
        "variables": {
            "i": {"email": "ada@example.com", "password": "correct horse battery staple"}
        },
    }
    response = await bare(ada, "POST", json=body)
    cookies = response.headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        assert {"HttpOnly", "Secure"} <= set(cookie.split("; ")), cookie
        assert "samesite=" in cookie.lower()
    assert response.headers["cache-control"] == "no-store"
