"""Whose session, key or account has ended gets nothing, in whatever way it is asked for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.client import PASSWORD, Client
from tests.resolvers.test_api_key import REVOKE, make
from tests.server.test_persisted import get, named, post

ME = "query Me { contents { id } }"
TYPES = "{ __schema { queryType { name } } }"
NAME = "{ __typename }"
EVENTS = "subscription { notifications { id } }"
STREAM = {"accept": "text/event-stream"}
EITHER = {"accept": "application/json, text/event-stream"}


async def log_out(ada: Client) -> Client:
    """By the session itself."""
    await ada.data("mutation { logout }")
    return ada


async def sign_out_elsewhere(ada: Client) -> Client:
    """Of another device of the same person."""
    login = """mutation($email: String!, $password: String!) {
      login(input: {email: $email, password: $password}) { accessToken } }"""
    made = await ada.data(login, email=ada.email, password=PASSWORD)
    other = ada.with_token(made["login"]["accessToken"])
    sessions = (await other.data("{ sessions { id current } }"))["sessions"]
    (first,) = (each["id"] for each in sessions if not each["current"])
    await other.data("mutation($id: ID!) { revokeSession(id: $id) }", id=first)
    return ada


async def delete_account(ada: Client) -> Client:
    """The person is gone."""
    await ada.data("mutation($p: String!) { deleteMe(password: $p) }", p=PASSWORD)
    return ada


async def revoke_key(ada: Client) -> Client:
    """A key of hers, that was good."""
    made = await make(ada)
    key = ada.with_token(made["secret"])
    await key.data(ME)
    await ada.data(REVOKE, id=made["apiKey"]["id"])
    return key


async def delete_whose_key_it_is(ada: Client) -> Client:
    """A key whose maker is gone."""
    key = ada.with_token((await make(ada))["secret"])
    await key.data(ME)
    await delete_account(ada)
    return key


ENDINGS = [log_out, sign_out_elsewhere, delete_account, revoke_key, delete_whose_key_it_is]


async def refused_socket(client: Client) -> str:
    """What a socket is closed with that begins with these credentials."""
    async with connect(
        f"{client.url.replace('http', 'ws', 1)}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
    ) as socket:
        payload = {"authorization": f"Bearer {client.token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        await socket.wait_closed()
        assert socket.close_code == 4403
        return socket.close_reason or ""


@pytest.mark.parametrize("end", ENDINGS)
async def test_nothing_is_answered_once_it_has_ended(
    ada: Client, end: Callable[[Client], Awaitable[Client]]
) -> None:
    kept = await get(ada, query=ME, extensions=named(ME))
    assert kept.status_code == 200
    ended = await end(ada)
    unchanged = {"if-none-match": kept.headers["etag"]}
    async with asyncio.timeout(40):  # a stream that is answered has no end
        told = await answers(ended, unchanged)
    assert told == [(401, None)] * len(told)
    assert await refused_socket(ended)


async def answers(ended: Client, unchanged: dict[str, str]) -> list[tuple[int, Any]]:
    """The status and the data of each way to ask."""
    ways: list[httpx.Response] = [
        await post(ended, query=ME),
        await post(ended, query=TYPES),
        await post(ended, query=NAME),
        await post(ended, EITHER, query=NAME),
        await post(ended, STREAM, query=ME),
        await post(ended, STREAM, query=EVENTS),
        await post(ended, EITHER, query=EVENTS),
        await post(ended, extensions=named(ME)),
        await get(ended, query=NAME),
        await get(ended, extensions=named(ME)),
        await get(ended, unchanged, extensions=named(ME)),
        await get(ended, {"if-none-match": "*"}, extensions=named(ME)),
        await get(ended, STREAM, query=EVENTS),
    ]
    return [(way.status_code, way.json().get("data")) for way in ways]
