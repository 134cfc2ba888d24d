"""How many sockets and subscriptions one may hold, as a client meets it on real sockets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.client import Client, Socket
from tests.conftest import Running, serving
from tests.resolvers.team import API_KEY
from tests.server.graphql_site import until

FOLLOW = "subscription($id: ID!) { contentPublished(userId: $id) { id } }"


@pytest.fixture
def bounded(settings: Settings) -> Settings:
    """Two sockets a caller, four an address; three subscriptions a caller, five an address."""
    return replace(
        settings,
        socket_limits={"caller": 2, "address": 4},
        subscription_limits={"caller": 3, "address": 5},
        trusted_proxies=("127.0.0.1",),
    )


@pytest.fixture
async def site(bounded: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[Running]:
    """A server with these limits."""
    async with serving(bounded) as running:
        yield running


@pytest.fixture
async def people(site: Running) -> AsyncIterator[list[Client]]:
    """Three people."""
    async with httpx.AsyncClient(timeout=20) as http:
        nobody = Client(site.url, http, listening=lambda: site.backend.events.listening)
        yield [await nobody.register(f"{name}@example.com") for name in ("ada", "bob", "cyd")]


@asynccontextmanager
async def raw(url: str, address: str = "") -> AsyncIterator[ClientConnection]:
    """A socket on which nothing was said, of a client that a proxy names."""
    headers = {"x-forwarded-for": address} if address else {}
    async with connect(
        f"{url.replace('http', 'ws', 1)}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers=headers,
    ) as connection:
        yield connection


async def said(connection: ClientConnection, token: str | None = None) -> str | tuple[int, str]:
    """What an initialisation is answered with: the type of a message, or a close."""
    payload = {"accessToken": token} if token else {}
    try:
        await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        answer: dict[str, str] = json.loads(await connection.recv())
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return closed.rcvd.code, closed.rcvd.reason
    return answer["type"]


async def follow(socket: Socket, id: str, whom: str) -> None:
    """Ask for a subscription."""
    payload = {"query": FOLLOW, "variables": {"id": whom}}
    await socket.send({"id": id, "type": "subscribe", "payload": payload})


async def test_a_caller_has_so_many_sockets_and_may_close_one_for_another(
    people: list[Client],
) -> None:
    ada, bob, _ = people
    refusal = (4429, "Too many sockets: 2 are open for this caller. Close one first.")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(ada.socket())
        await stack.enter_async_context(ada.socket())
        async with raw(ada.url) as third:
            assert await said(third, ada.token) == refusal
        await stack.enter_async_context(bob.socket())
        await first.connection.close()
        await stack.enter_async_context(ada.socket())
        async with raw(ada.url, "198.51.100.7") as third:  # wherever it comes from
            assert await said(third, ada.token) == refusal


async def test_an_address_has_so_many_sockets_before_anybody_says_who_they_are(
    site: Running,
) -> None:
    async with AsyncExitStack() as stack:
        for end in "1234":  # one household: the same /64
            await stack.enter_async_context(raw(site.url, f"2001:db8::{end}"))
        fifth = await stack.enter_async_context(raw(site.url, "2001:db8::5"))
        refusal = (4429, "Too many sockets: 4 are open for this address. Close one first.")
        assert await said(fifth) == refusal
        another = await stack.enter_async_context(raw(site.url, "2001:db8:1::1"))
        assert await said(another) == "connection_ack"


async def test_an_api_key_is_a_caller_of_its_own(people: list[Client]) -> None:
    ada = people[0]
    given = {"name": "k", "scopes": ["CONTENT_READ"]}
    key = ada.with_token((await ada.data(API_KEY, input=given))["createApiKey"]["secret"])
    async with ada.socket(), ada.socket(), key.socket(), key.socket(), raw(ada.url, "::7") as last:
        assert (await said(last, key.token))[0] == 4429


async def test_a_caller_has_so_many_subscriptions_on_all_of_its_sockets(
    people: list[Client],
) -> None:
    """What is too many ends alone, with a code; completing one makes room."""
    ada = people[0]
    async with ada.socket() as one, ada.socket() as other:
        for _ in range(2):
            await one.subscribe(FOLLOW, id=ada.user_id)
        await other.subscribe(FOLLOW, id=ada.user_id)
        await follow(other, "over", ada.user_id)
        refused = await other.receive()
        assert (refused["id"], refused["type"]) == ("over", "error")
        [error] = refused["payload"]
        assert error["extensions"] == {"code": "TOO_MANY_SUBSCRIPTIONS", "allowed": 3}
        assert "3 run for this caller. Complete one first." in error["message"]
        await one.send({"id": "1", "type": "complete"})
        await until(lambda: ada.listening() == 2)
        await other.subscribe(FOLLOW, id=ada.user_id)


async def test_streams_of_events_count_among_the_subscriptions(people: list[Client]) -> None:
    ada = people[0]
    async with ada.socket() as socket:
        for _ in range(3):
            await socket.subscribe(FOLLOW, id=ada.user_id)
        answer = await ada.first_event(FOLLOW, id=ada.user_id)
        assert answer.code == "TOO_MANY_SUBSCRIPTIONS"


async def test_an_address_has_so_many_subscriptions_whoever_they_are(people: list[Client]) -> None:
    async with AsyncExitStack() as stack:
        for client, count in zip(people, (2, 2, 1), strict=True):
            socket = await stack.enter_async_context(client.socket())
            for _ in range(count):
                await socket.subscribe(FOLLOW, id=client.user_id)
        await follow(socket, "over", people[2].user_id)
        [error] = (await socket.receive())["payload"]
        assert "5 run for this address" in error["message"]


async def test_queries_on_a_socket_take_no_subscriptions_place(people: list[Client]) -> None:
    async with people[0].socket() as socket:
        for number in range(8):
            query = {"query": "{ me { id } }"}
            await socket.send({"id": str(number), "type": "subscribe", "payload": query})
            assert (await socket.receive())["type"] == "next"
            assert (await socket.receive())["type"] == "complete"


async def test_all_processes_of_a_server_count_together(
    bounded: Settings, site: Running, people: list[Client]
) -> None:
    ada = people[0]
    async with serving(bounded) as second:
        there = Client(second.url, ada.http, ada.token)
        async with ada.socket(), there.socket():
            for url in (site.url, second.url):
                async with raw(url) as third:
                    assert (await said(third, ada.token))[0] == 4429


async def test_nothing_is_held_by_whoever_went(
    site: Running, people: list[Client], redis: Redis
) -> None:
    """However it went: politely, or not; refused, or of another protocol."""
    ada = people[0]
    for polite in (True, False) * 3:
        async with ada.socket() as socket:
            await socket.subscribe(FOLLOW, id=ada.user_id)
            if not polite:
                socket.connection.transport.abort()
        async with raw(ada.url) as other:
            assert (await said(other, "bad"))[0] == 4403
    while [key async for key in redis.client.scan_iter(f"{redis.namespace}:places:*")]:
        pass


async def test_limits_can_be_switched_off(settings: Settings, mongo: Mongo, redis: Redis) -> None:
    none = replace(settings, socket_limits={}, subscription_limits={})
    async with serving(none) as running, AsyncExitStack() as stack:
        for _ in range(20):
            connection = await stack.enter_async_context(raw(running.url))
            assert await said(connection) == "connection_ack"
        assert [key async for key in redis.client.scan_iter(f"{redis.namespace}:places:*")] == []
