"""Cases of the reference server's own tests that the protocol's text leaves to the reader."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from server.edge import Credentials
from server.serving import uvicorn_config
from server.settings import Settings
from tests.server.graphql_site import PATIENCES, Site, Viewer, World, serving, until

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


@pytest.mark.parametrize(
    "message",
    [{"type": "complete", "id": "none"}, {"type": "pong", "payload": {}}, {"type": "ping"}],
)
async def test_what_starts_nothing_may_come_before_the_initialisation(
    site: Site, message: dict[str, object]
) -> None:
    async with site.raw_socket() as socket:
        await socket.send(**message)
        await socket.send(type="connection_init")
        expected = ["pong"] * (message["type"] == "ping") + ["connection_ack"]
        assert [(await socket.receive())["type"] for _ in expected] == expected


async def test_what_a_message_carries_besides_is_not_minded(site: Site) -> None:
    """A newer client may know of more."""
    async with site.raw_socket() as socket:
        await socket.send(type="connection_init", version=2, id="x")
        assert await socket.receive() == {"type": "connection_ack"}
        payload = {"query": "{greeting}", "newer": [1]}
        await socket.send(type="subscribe", id="1", payload=payload, more=None)
        assert (await socket.receive())["payload"] == {"data": {"greeting": "hello"}}


class Gate(World):
    """Authentication that takes until somebody opens it."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.asked = asyncio.Event()

    async def authenticate(self, credentials: Credentials) -> Viewer:
        """Waits first."""
        self.asked.set()
        await self.open.wait()
        return await super().authenticate(credentials)


async def test_a_slow_authentication_is_no_late_initialisation() -> None:
    """The client was in time; how long we take is not its fault."""
    for seconds in PATIENCES:
        gate = Gate()
        async with serving(world=gate, init_seconds=seconds) as site, site.raw_socket() as socket:
            await socket.send(type="connection_init")
            with suppress(TimeoutError):
                await asyncio.wait_for(gate.asked.wait(), seconds + 1)
            if not gate.asked.is_set():
                continue  # the client was late
            await asyncio.sleep(seconds + 0.1)  # the timeout has to pass
            gate.open.set()
            assert await socket.receive() == {"type": "connection_ack"}
            return
    raise AssertionError("nobody is asked who a client is, however soon it initialises")


async def test_an_initialisation_while_another_is_pending_is_closed_with_4429() -> None:
    gate = Gate()
    async with serving(world=gate) as site, site.raw_socket() as socket:
        for _ in range(2):
            await socket.send(type="connection_init")
        gate.open.set()
        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_an_operation_while_the_initialisation_is_pending_waits_for_it() -> None:
    """It is read when the acknowledgement was sent, and so is none before it."""
    gate = Gate()
    async with serving(world=gate) as site, site.raw_socket() as socket:
        await socket.send(type="connection_init")
        await socket.subscribe("1", "{greeting}")
        gate.open.set()
        assert await socket.receive() == {"type": "connection_ack"}
        assert (await socket.receive())["payload"] == {"data": {"greeting": "hello"}}


async def test_a_client_that_goes_while_it_is_authenticated_leaves_nothing() -> None:
    gate = Gate()
    async with serving(world=gate) as site:
        async with site.raw_socket() as socket:
            await socket.send(type="connection_init")
            await until(lambda: len(site.edge.sockets) == 1)
        gate.open.set()
        await until(lambda: len(site.edge.sockets) == 0)


@pytest.mark.parametrize("query", ["{", "{nothing}", "subscription {refused}"])
async def test_an_error_is_the_last_that_is_said_of_an_operation(site: Site, query: str) -> None:
    """No `complete` follows it."""
    async with site.socket() as socket:
        await socket.subscribe("1", query)
        assert (await socket.receive())["type"] == "error"
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


async def test_a_source_that_breaks_off_is_not_completed_either(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {breaks(expected: true)}")
        assert [(await socket.receive())["type"] for _ in range(2)] == ["next", "error"]
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


async def test_the_same_id_is_free_on_another_socket(site: Site) -> None:
    async with site.socket() as one, site.socket() as other:
        await one.subscribe("1", "subscription {silent}")
        await until(lambda: site.world.log == ["silent opened"])
        await other.subscribe("1", "{greeting}")
        assert (await other.receive())["payload"] == {"data": {"greeting": "hello"}}
        await other.send(id="1", type="complete")
        await other.send(type="ping")
        while (await other.receive())["type"] != "pong":
            pass
        assert site.world.log == ["silent opened"]


async def test_completing_one_operation_leaves_the_others_alone(site: Site) -> None:
    async with site.socket() as socket:
        for id in "ab":
            await socket.subscribe(id, "subscription {silent}")
        await until(lambda: site.world.log == ["silent opened"] * 2)
        await socket.send(id="a", type="complete")
        await until(lambda: len(site.world.log) == 3)
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}
        assert site.world.log == ["silent opened", "silent opened", "silent closed"]


async def test_a_mutation_runs_on_a_socket_once(site: Site) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", 'mutation {note(text: "said")}')
        assert (await socket.receive())["payload"]["data"] == {"note": "said"}
        assert (await socket.receive())["type"] == "complete"
    assert site.world.log == ["said"]


async def test_a_message_may_come_in_pieces(site: Site) -> None:
    async with site.socket() as socket:
        await socket.connection.send(iter(['{"type": ', '"ping", "payload"', ': {"a": 1}}']))
        assert await socket.receive() == {"type": "pong", "payload": {"a": 1}}


@pytest.mark.parametrize("code", [1000, 1001, 4499])
async def test_a_client_may_close_as_it_likes(site: Site, code: int) -> None:
    async with site.socket() as socket:
        await socket.subscribe("1", "subscription {silent}")
        await until(lambda: site.world.log == ["silent opened"])
        await socket.connection.close(code, "enough")
    await until(lambda: site.world.log == ["silent opened", "silent closed"])
    assert site.world.reported == []


async def test_a_client_that_vanished_without_a_word_is_found_out_by_pings() -> None:
    """Those of the WebSocket itself, which an application never sees."""
    pings = {"ws_ping_interval": 0.1, "ws_ping_timeout": 0.1}
    async with serving(uvicorn_options=pings) as site, site.socket() as alive:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(
            b"GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n"
            b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        await until(lambda: len(site.edge.sockets) == 2)
        await until(lambda: len(site.edge.sockets) == 1)
        await alive.send(type="ping")
        assert await alive.receive() == {"type": "pong"}
        writer.close()


async def test_the_server_sends_such_pings(settings: Settings) -> None:
    config = uvicorn_config(settings, Starlette())
    assert config.ws_ping_interval == config.ws_ping_timeout == 20
    assert config.ws_per_message_deflate is False


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"query": 5}, "Expected `string | null`, got `number` - at `$.payload.query`"),
        ({"query": True}, "Expected `string | null`, got `boolean` - at `$.payload.query`"),
        ({"variables": []}, "Expected `object | null`, got `array` - at `$.payload.variables`"),
    ],
)
async def test_what_does_not_fit_is_told_in_the_words_of_json(
    site: Site, payload: object, told: str
) -> None:
    """With its place, and without the names that our language has for it."""
    async with site.socket() as socket:
        await socket.send(type="subscribe", id="1", payload=payload)
        assert await socket.closed() == (4400, f"Invalid message: {told}")
    response = await site.http.post(site.url, json=payload)
    [error] = response.json()["errors"]
    assert told.replace("$.payload", "$") in error["message"]
