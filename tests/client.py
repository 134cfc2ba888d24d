"""A client as our users have one: HTTP and graphql-transport-ws, against a server that listens."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

REGISTER = """
mutation Register($input: RegisterInput!) {
  register(input: $input) { accessToken refreshToken expiresAt user { id email } }
}
"""
PASSWORD = "correct horse battery staple"

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody: servers of tests speak plain HTTP, and to read all authorities takes 30 ms."""


def http_client(**options: Any) -> httpx.AsyncClient:
    """HTTP to servers of tests; the options are of the library."""
    return httpx.AsyncClient(verify=NO_TLS, **options)


@dataclass
class Answer:
    """A response: its HTTP status, data, errors, extensions."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        """The data of a response without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def error(self) -> dict[str, Any]:
        """The one error of a response that failed."""
        errors: list[dict[str, Any]] = self.body.get("errors", [])
        assert len(errors) == 1, self.body
        return errors[0]

    @property
    def code(self) -> str | None:
        """The code of the first error, None where there is none."""
        errors = self.body.get("errors")
        return errors[0]["extensions"]["code"] if errors else None


@dataclass
class Client:
    """One caller: anonymous, or with a token (an access token or an API key)."""

    url: str
    http: httpx.AsyncClient
    token: str | None = None
    refresh_token: str | None = None
    user_id: str = ""
    email: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    listening: Callable[[], int] = int
    """How many subscriptions the server listens for, where it runs in the test's process."""

    def with_token(self, token: str | None) -> Client:
        """The same server as somebody else."""
        return Client(self.url, self.http, token, listening=self.listening)

    async def listened(self, before: int) -> None:
        """Wait until the server listens for one more: what happens from now on is told."""
        async with asyncio.timeout(40):
            while self.listening() <= before:  # noqa: ASYNC110
                await asyncio.sleep(0)

    async def run(self, query: str, /, **variables: Any) -> Answer:
        """Post one operation."""
        self.http.cookies.clear()  # a caller here is who its token says, and nobody else
        headers = {"accept": "application/graphql-response+json", **self.headers}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        response = await self.http.post(
            f"{self.url}/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        return Answer(response.status_code, response.json())

    async def data(self, query: str, /, **variables: Any) -> Any:
        """The data of an operation that has to succeed."""
        return (await self.run(query, **variables)).data

    async def code(self, query: str, /, **variables: Any) -> str | None:
        """The code of the first error, None where there is none."""
        return (await self.run(query, **variables)).code

    async def first_event(self, query: str, /, **variables: Any) -> Answer:
        """Subscribe over server-sent events: the first message, an event or an error."""
        self.http.cookies.clear()
        headers = {"accept": "text/event-stream"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        body = {"query": query, "variables": variables}
        async with self.http.stream(
            "POST", f"{self.url}/graphql", json=body, headers=headers
        ) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    return Answer(response.status_code, json.loads(line[6:]))
                if line.startswith("{"):
                    return Answer(response.status_code, json.loads(line))
        raise AssertionError("the stream ended without a word")

    async def register(self, email: str, full_name: str = "Ada Lovelace") -> Client:
        """A new account, signed in."""
        answer = await self.run(
            REGISTER, input={"email": email, "password": PASSWORD, "fullName": full_name}
        )
        made = answer.data["register"]
        return Client(
            self.url,
            self.http,
            made["accessToken"],
            made["refreshToken"],
            made["user"]["id"],
            made["user"]["email"],
            listening=self.listening,
        )

    @asynccontextmanager
    async def socket(self, **options: Any) -> AsyncIterator[Socket]:
        """An open, acknowledged socket; the options are of the library that connects."""
        async with connect(
            f"{self.url.replace('http', 'ws', 1)}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            compression=None,
            **options,
        ) as connection:
            socket = Socket(connection, self)
            payload = {"authorization": f"Bearer {self.token}"} if self.token else {}
            await socket.send({"type": "connection_init", "payload": payload})
            assert (await socket.receive())["type"] == "connection_ack"
            yield socket


class Socket:
    """One socket that carries any number of subscriptions."""

    def __init__(self, connection: ClientConnection, client: Client) -> None:
        self.connection = connection
        self.client = client
        self._last = 0

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send one message of the protocol."""
        await self.connection.send(json.dumps(message))

    async def receive(self, seconds: float = 40) -> Any:
        """The next message, whatever it belongs to."""
        async with asyncio.timeout(seconds):
            return json.loads(await self.connection.recv())

    async def subscribe(self, query: str, /, **variables: Any) -> Stream:
        """Start a subscription and see that the server has begun to listen."""
        self._last += 1
        id, before = str(self._last), self.client.listening()
        payload = {"query": query, "variables": variables}
        await self.send({"id": id, "type": "subscribe", "payload": payload})
        await self.client.listened(before)
        return Stream(self, id)

    async def closed(self) -> tuple[int, str]:
        """Wait until the server closes; its code and reason."""
        await self.connection.wait_closed()
        return self.connection.close_code or 0, self.connection.close_reason or ""


class Stream:
    """The events of one subscription."""

    def __init__(self, socket: Socket, id: str) -> None:
        self._socket = socket
        self._id = id

    def __aiter__(self) -> Self:
        return self

    async def next(self, seconds: float = 40) -> Answer:
        """The next event, or the error that ends the subscription."""
        message = await self._socket.receive(seconds)
        assert message["id"] == self._id, message
        if message["type"] == "error":
            return Answer(0, {"errors": message["payload"]})
        assert message["type"] == "next", message
        return Answer(0, message["payload"])

    async def __anext__(self) -> Answer:
        return await self.next()
