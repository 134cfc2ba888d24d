"""API keys through the API: made by people, used by programs, ended by either."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.client import Client

CREATE = """mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  secret apiKey {
    id name prefix scopes expiresAt lastUsedAt workspace { id } createdBy { id } } } }"""
LIST = """query($id: ID) { apiKeys(workspaceId: $id) {
  id name prefix scopes lastUsedAt createdBy { id } workspace { personal } } }"""
REVOKE = "mutation($id: ID!) { revokeApiKey(id: $id) }"
CONTENTS = "{ contents { id } }"
WRITE = """mutation {
  createContent(input: {type: POST, body: "By a program."}) { id workspace { id } } }"""


async def make(client: Client, *scopes: str, **more: Any) -> Any:
    given = {"name": "Importer", "scopes": list(scopes) or ["CONTENT_READ"], **more}
    return (await client.data(CREATE, input=given))["createApiKey"]


async def test_a_key_is_shown_once_and_known_by_its_beginning(ada: Client) -> None:
    made = await make(ada, "CONTENT_WRITE", "CONTENT_READ", "CONTENT_READ")
    key = made["apiKey"]
    assert made["secret"].startswith(key["prefix"] + "_")
    assert key["scopes"] == ["CONTENT_READ", "CONTENT_WRITE"]
    assert key["createdBy"]["id"] == ada.user_id
    [listed] = (await ada.data(LIST))["apiKeys"]
    assert listed["id"] == key["id"]
    assert listed["workspace"]["personal"] is True
    assert made["secret"] not in str(await ada.data(LIST))


async def test_a_program_does_what_the_scopes_allow_in_the_keys_workspace(ada: Client) -> None:
    made = await make(ada, "CONTENT_READ")
    program = ada.with_token(made["secret"])
    assert (await program.data(CONTENTS)) == {"contents": []}
    refused = await program.run(WRITE)
    assert refused.code == "FORBIDDEN"
    assert "CONTENT_WRITE" in str(refused.error)
    writer = ada.with_token((await make(ada, "CONTENT_WRITE", "WORKSPACE_READ"))["secret"])
    written = (await writer.data(WRITE))["createContent"]
    assert written["workspace"]["id"] == made["apiKey"]["workspace"]["id"]
    assert (await ada.data(LIST))["apiKeys"][0]["lastUsedAt"] is not None


async def test_a_revoked_key_is_over_at_once_on_open_sockets_too(ada: Client) -> None:
    made = await make(ada, "CONTENT_READ")
    program = ada.with_token(made["secret"])
    workspace = made["apiKey"]["workspace"]["id"]
    async with program.socket() as socket:
        await socket.subscribe(
            "subscription($id: ID!) { contentChanged(workspaceId: $id) { __typename } }",
            id=workspace,
        )
        assert (await ada.data(REVOKE, id=made["apiKey"]["id"])) == {"revokeApiKey": True}
        code, _ = await asyncio.wait_for(socket.closed(), 10)
        assert code == 4403
    assert await program.code(CONTENTS) == "UNAUTHENTICATED"
    assert (await ada.data(LIST))["apiKeys"] == []
    assert await ada.code(REVOKE, id=made["apiKey"]["id"]) == "NOT_FOUND"


async def test_keys_are_made_by_people_and_seen_by_those_who_run_the_workspace(
    ada: Client, bob: Client
) -> None:
    made = await make(ada, "API_KEYS_WRITE")
    given = {"name": "x", "scopes": ["CONTENT_READ"]}
    program = ada.with_token(made["secret"])
    assert await program.code(CREATE, input=given) == "FORBIDDEN"
    assert len((await program.data(LIST))["apiKeys"]) == 1
    workspace = made["apiKey"]["workspace"]["id"]
    assert await bob.code(LIST, id=workspace) == "NOT_FOUND"
    assert await bob.code(CREATE, input={**given, "workspaceId": workspace}) == "NOT_FOUND"
    assert await bob.code(REVOKE, id=made["apiKey"]["id"]) == "NOT_FOUND"
    nobody = ada.with_token(None)
    assert await nobody.code(LIST, id=workspace) == "UNAUTHENTICATED"
    assert await nobody.code(CREATE, input=given) == "UNAUTHENTICATED"
    assert await nobody.code(REVOKE, id=made["apiKey"]["id"]) == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("name", "a\nb"),
        ("scopes", []),
        ("expiresAt", "2020-01-01T00:00:00Z"),
        ("expiresAt", "9999-12-31T23:59:59-14:00"),
    ],
)
async def test_bad_input_is_refused_by_field(ada: Client, field: str, value: object) -> None:
    given = {"name": "x", "scopes": ["CONTENT_READ"], field: value}
    refused = await ada.run(CREATE, input=given)
    assert refused.code == "BAD_USER_INPUT"
    assert refused.error["extensions"]["field"] == field


async def test_a_key_says_when_it_ends(ada: Client) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    made = await make(ada, expiresAt=end.isoformat())
    assert datetime.fromisoformat(made["apiKey"]["expiresAt"]) == end
