"""Documents by name, over HTTP and on a socket; and the list that allows nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.app import create_app
from server.setting_types import SettingError
from server.settings import Settings
from tests.client import Client
from tests.conftest import Running, serving

ME = "query Me { me { id } }"
GRAPHQL = {"accept": "application/graphql-response+json"}


def named(text: str) -> dict[str, Any]:
    """The extension that names a document."""
    hash = sha256(text.encode()).hexdigest()
    return {"persistedQuery": {"version": 1, "sha256Hash": hash}}


async def post(client: Client, headers: dict[str, str] | None = None, **body: Any) -> Any:
    """Sends parameters; the response."""
    bearer = {"authorization": f"Bearer {client.token}"} if client.token else {}
    return await client.http.post(
        f"{client.url}/graphql", json=body, headers={**bearer, **(headers or {})}
    )


async def get(client: Client, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
    """Asks by URL; the response."""
    bearer = {"authorization": f"Bearer {client.token}"} if client.token else {}
    parts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
    }
    return await client.http.get(
        f"{client.url}/graphql", params=parts, headers={**bearer, **(headers or {})}
    )


def code(response: httpx.Response) -> str:
    """The code of the one error."""
    [error] = response.json()["errors"]
    found: str = error["extensions"]["code"]
    return found


async def test_a_document_is_unknown_until_it_was_sent_with_its_hash(ada: Client) -> None:
    unknown = await post(ada, extensions=named(ME))
    assert (unknown.status_code, code(unknown)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert (await post(ada, GRAPHQL, extensions=named(ME))).status_code == 400
    first = await post(ada, query=ME, extensions=named(ME))
    later = await post(ada, extensions=named(ME))
    assert first.json()["data"] == later.json()["data"] == {"me": {"id": ada.user_id}}


async def test_it_is_found_by_get_with_variables(ada: Client) -> None:
    text = "query List($n: Int) { contents(limit: $n) { id } }"
    sent = await get(ada, query=text, extensions=named(text), variables={"n": 1})
    named_only = await get(ada, extensions=named(text), variables={"n": 1})
    assert sent.json() == named_only.json() == {"data": {"contents": []}}


async def test_it_is_found_on_a_socket(ada: Client) -> None:
    async with ada.socket() as socket:
        for id, payload in (
            ("1", {"extensions": named(ME)}),
            ("2", {"query": ME, "extensions": named(ME)}),
            ("3", {"extensions": named(ME)}),
        ):
            await socket.send({"id": id, "type": "subscribe", "payload": payload})
            message = await socket.receive()
            if id == "1":
                assert message["type"] == "error"
                assert message["payload"][0]["message"] == "PersistedQueryNotFound"
                continue
            assert message["payload"]["data"] == {"me": {"id": ada.user_id}}
            assert (await socket.receive())["type"] == "complete"


async def test_a_hash_that_is_not_the_documents_is_refused_and_nothing_kept(ada: Client) -> None:
    other = named("{ __typename }")
    response = await post(ada, query=ME, extensions=other)
    assert (response.status_code, code(response)) == (400, "PERSISTED_QUERY_HASH_MISMATCH")
    assert code(await post(ada, extensions=other)) == "PERSISTED_QUERY_NOT_FOUND"


async def test_an_invalid_document_is_not_kept(ada: Client) -> None:
    text = "{ nothing }"
    refused = await post(ada, query=text, extensions=named(text))
    assert code(refused) == "GRAPHQL_VALIDATION_FAILED"
    assert code(await post(ada, extensions=named(text))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("said", [5, {"version": 2, "sha256Hash": "a"}, {"version": 1}])
async def test_a_malformed_name_is_a_bad_request(ada: Client, said: object) -> None:
    response = await post(ada, extensions={"persistedQuery": said})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


async def test_a_mutation_is_no_more_allowed_by_get_than_before(ada: Client) -> None:
    text = "mutation { markNotificationsRead(ids: []) { id } }"
    await post(ada, query=text, extensions=named(text))
    assert (await get(ada, extensions=named(text))).status_code == 405


async def test_another_process_finds_it_in_redis(
    ada: Client, settings: Settings, redis: Redis
) -> None:
    await post(ada, query=ME, extensions=named(ME))
    [key] = await redis.client.keys(f"{redis.namespace}:document:*")
    assert 0 < await redis.client.ttl(key) <= settings.persisted_seconds
    async with serving(settings) as other:
        elsewhere = replace(ada, url=other.url)
        assert (await post(elsewhere, extensions=named(ME))).json()["data"]


async def test_a_get_by_name_can_be_kept_and_asked_for_again(ada: Client) -> None:
    await post(ada, query=ME, extensions=named(ME))
    first = await get(ada, extensions=named(ME))
    assert first.headers["cache-control"].startswith("private")
    assert "authorization" in first.headers["vary"].lower()
    etag = first.headers["etag"]
    assert etag.startswith('W/"')
    again = await get(ada, {"if-none-match": f'"x", {etag}'}, extensions=named(ME))
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert "ratelimit" in again.headers
    other = await get(ada, {"if-none-match": '"x"'}, extensions=named(ME))
    assert (other.status_code, other.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("text", "control"),
    [
        (ME, "private, no-store"),
        ("{ contents { id } }", "private, no-cache"),
        ("{ contents { id } me { id } }", "private, no-store"),
    ],
)
async def test_the_least_cacheable_field_decides(ada: Client, text: str, control: str) -> None:
    response = await get(ada, query=text, extensions=named(text))
    assert response.headers["cache-control"] == control


async def test_the_tag_changes_with_the_answer(ada: Client) -> None:
    text = "{ me { profile { fullName } } }"
    first = await get(ada, query=text, extensions=named(text))
    await post(ada, query='mutation { updateMe(input: {fullName: "Ada B"}) { id } }')
    headers = {"if-none-match": first.headers["etag"]}
    changed = await get(ada, headers, query=text, extensions=named(text))
    assert changed.status_code == 200
    assert changed.json()["data"]["me"]["profile"]["fullName"] == "Ada B"


async def test_an_answer_with_errors_is_kept_by_nobody(anonymous: Client) -> None:
    response = await get(anonymous, query=ME, extensions=named(ME))
    assert response.json()["errors"]
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


async def test_a_get_without_a_name_and_a_post_are_not_kept(ada: Client) -> None:
    for response in (await get(ada, query=ME), await post(ada, query=ME, extensions=named(ME))):
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers


@pytest.fixture
async def listed(
    settings: Settings, mongo: Mongo, redis: Redis, tmp_path: Path
) -> AsyncIterator[Running]:
    """A server that runs two documents only."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"me": ME, "kind": "{ __typename }"}))
    async with serving(replace(settings, trusted_documents=str(manifest))) as running:
        yield running


@pytest.fixture
async def client(listed: Running) -> AsyncIterator[Client]:
    """Nobody, at that server."""
    async with httpx.AsyncClient(timeout=20) as http:
        yield Client(listed.url, http)


async def test_listed_documents_run_by_their_id_and_by_their_text(client: Client) -> None:
    name = {"persistedQuery": {"version": 1, "sha256Hash": "kind"}}
    for parameters in ({"extensions": name}, {"query": "{ __typename }"}):
        assert (await post(client, **parameters)).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": "{ __schema { types { name } } }"},
        {"query": "{ __typename  }"},
        {"query": "{ __typename ", "extensions": named("{ __typename ")},
        {"extensions": named("{ a }")},
    ],
)
async def test_all_else_is_refused(client: Client, parameters: dict[str, Any]) -> None:
    response = await post(client, GRAPHQL, **parameters)
    assert (response.status_code, code(response)) == (400, "DOCUMENT_NOT_TRUSTED")


async def test_on_a_socket_too(client: Client) -> None:
    async with client.socket() as socket:
        payload = {"query": "{ me { id } }"}
        await socket.send({"id": "1", "type": "subscribe", "payload": payload})
        message = await socket.receive()
        assert message["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"


def test_a_list_that_cannot_be_read_stops_the_server_from_starting(
    settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("[")
    for file in (broken, tmp_path / "absent.json"):
        with pytest.raises(SettingError, match="TRUSTED_DOCUMENTS"):
            create_app(replace(settings, trusted_documents=str(file)))
