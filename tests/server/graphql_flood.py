"""A client that sends what is malformed, by the thousand, and sees that each is dealt with.

It speaks HTTP and WebSocket by hand: a library would not send most of this.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.server.graphql_corpus import HARD_VALUES, WIRE, masked
from tests.server.graphql_fuzz import TOKENS

DEADLINE = 10.0
"""Seconds for each answer; later is a hang."""
ENDS = frozenset({1000, 1002, 1003, 1007, 1009, 1013, 4400, 4401, 4403, 4409, 4429})
"""With which a socket may be closed: the client's fault, each of them."""
TYPES = ("application/json", "application/json", "application/json; charset=utf-16", "text/plain",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "/;=")  # fmt: skip
ACCEPTS = ("application/json", "application/graphql-response+json", "*/*", "text/html",
    "text/event-stream", "", ";;q=", "a/b;q=nan")  # fmt: skip


def drawn(strategy: st.SearchStrategy[bytes], count: int, number: int) -> list[bytes]:
    """So many examples of a strategy, nearly; the same for a number."""
    found: list[bytes] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def take(text: bytes) -> None:
        found.append(text)

    take()
    return found


def damaged(dice: random.Random, texts: Sequence[bytes]) -> bytes:
    """One of the texts with some pieces cut out, put in twice or replaced."""
    text = dice.choice(texts)
    for _ in range(dice.randint(1, 4)):
        begin = dice.randrange(len(text) + 1)
        end = min(len(text), begin + dice.randrange(6))
        pieces = (
            b"",
            text[begin:end] * 2,
            dice.randbytes(3),
            dice.choice(TOKENS).encode(),
            dice.choice(HARD_VALUES).encode("utf-8", "surrogatepass"),
        )
        text = text[:begin] + dice.choice(pieces) + text[end:]
    return text


def grafted(dice: random.Random, texts: Sequence[bytes]) -> bytes:
    """One of the texts, JSON as before, with one value in it replaced: it gets further."""
    text = dice.choice(texts)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return damaged(dice, texts)
    try:
        return json.dumps(changed(dice, content)).encode()
    except RecursionError:
        return text


def changed(dice: random.Random, content: Any) -> Any:
    """The same with something else at one place."""
    if isinstance(content, dict) and content:
        name = dice.choice(list(content))
        return {**content, name: changed(dice, content[name])}
    if isinstance(content, list) and content and dice.random() < 0.5:
        at = dice.randrange(len(content))
        return [*content[:at], changed(dice, content[at]), *content[at + 1 :]]
    if isinstance(content, str) and " " in content:  # a document, or near to one
        words = content.split(" ")
        words[dice.randrange(len(words))] = dice.choice((*TOKENS, *words, ""))
        return " ".join(words)
    return json.loads(dice.choice(HARD_VALUES))


def endless(corpus: Sequence[bytes], made: Sequence[bytes], number: int) -> Iterator[bytes]:
    """Damaged ones of both alike, without end: torn, or with another value at some place."""
    dice = random.Random(number)
    while True:
        damage, texts = dice.choice((damaged, grafted)), dice.choice((corpus, made))
        yield damage(dice, texts)


@dataclass
class Flood:
    """What is sent to one server, with a token on every other connection. `seen` counts the ends:
    statuses, close codes, 0 for a frame after which the socket lived on.
    """

    port: int
    token: str
    number: int = 0
    seen: Counter[int] = field(default_factory=Counter)
    sent: int = 0

    async def bodies(self, texts: Iterator[bytes], count: int, clients: int = 8) -> None:
        """Post so many."""
        await self._crowd(self._post, texts, count, clients)

    async def frames(self, texts: Iterator[bytes], count: int, clients: int = 8) -> None:
        """Send so many on sockets, a new one whenever one was closed."""
        await self._crowd(self._say, texts, count, clients)

    async def _crowd(
        self,
        work: Callable[[Iterator[bytes], random.Random], Awaitable[None]],
        texts: Iterator[bytes],
        count: int,
        clients: int,
    ) -> None:
        left = iter(range(count))
        mine = (text for text, _ in zip(texts, left, strict=False))
        self.number += clients
        async with asyncio.TaskGroup() as tasks:
            for at in range(clients):
                tasks.create_task(self._client(work, mine, random.Random(self.number - at)))

    async def _client(
        self,
        work: Callable[[Iterator[bytes], random.Random], Awaitable[None]],
        texts: Iterator[bytes],
        dice: random.Random,
    ) -> None:
        before = -1
        while self.sent != before:
            before = self.sent
            await work(texts, dice)

    # HTTP

    async def _post(self, texts: Iterator[bytes], dice: random.Random) -> None:
        """One connection, for as long as the server keeps it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for text in texts:
                self.sent += 1
                request = requested(text, dice, self.token)
                async with asyncio.timeout(DEADLINE):
                    writer.write(request)
                    await writer.drain()
                    status, headers, body = await response(reader)
                self.seen[status] += 1
                check(status, headers, body, request)
                if headers.get("connection") == "close":
                    return
        finally:
            await closed(writer)

    # WebSocket

    async def _say(self, texts: Iterator[bytes], dice: random.Random) -> None:
        """One socket, until it is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(DEADLINE):
                await shake_hands(reader, writer, dice, self.token)
            for text in texts:
                self.sent += 1
                wire = dice.random() < 0.05
                piece = dice.choice(WIRE) if wire else frame(text)
                async with asyncio.timeout(DEADLINE):
                    end = await self._answered(reader, writer, piece, eof=wire)
                self.seen[end or 0] += 1
                assert end is None or end in ENDS, (end, piece)
                if end is not None:
                    return
        finally:
            await closed(writer)

    async def _answered(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, piece: bytes, *, eof: bool
    ) -> int | None:
        """None where a ping that follows is answered; the code where the socket is closed."""
        try:
            writer.write(piece + frame(b'{"type": "ping", "payload": {"mark": 1}}'))
            if eof:
                writer.write_eof()  # what is not whole is given up
            await writer.drain()
            while True:
                opcode, payload = await received(reader)
                if opcode == 8:
                    return int.from_bytes(payload[:2], "big") if payload else 1000
                if opcode == 1:
                    message = json.loads(payload)
                    unmasked_failures(message, piece)
                    if message == {"type": "pong", "payload": {"mark": 1}} and not eof:
                        return None
        except (asyncio.IncompleteReadError, ConnectionError):
            return 1002  # the connection was cut, as after most of what is no frame


def requested(text: bytes, dice: random.Random, token: str) -> bytes:
    """An HTTP request for a body: mostly an ordinary POST."""
    ordinary = dice.random() < 0.8
    headers = {"host": "x", "accept": "application/json" if ordinary else dice.choice(ACCEPTS)}
    if dice.random() < 0.5:
        headers["authorization"] = f"Bearer {token}"
    if not ordinary and dice.random() < 0.5:
        name = dice.choice(["query", "variables", "extensions", "operationName"])
        query = f"{name}={quote_from_bytes(text[:4000])}"
        line, text = f"GET /graphql?{query} HTTP/1.1", b""
    else:
        line = "POST /graphql HTTP/1.1"
        headers["content-type"] = "application/json" if ordinary else dice.choice(TYPES)
        headers["content-length"] = str(len(text))
    lines = [line, *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + text


async def response(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a response, also of one in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = b""
    if headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split(" ")[1]), headers, body


def check(status: int, headers: dict[str, str], body: bytes, request: bytes) -> None:
    """A refusal has a message and a code, and nothing is ever our fault."""
    assert status < 500, (status, body, request)
    if headers.get("content-type", "").startswith(("text/event-stream", "text/html")):
        assert b"INTERNAL_SERVER_ERROR" not in body, (body, request)
        return
    content = json.loads(body)
    assert "errors" in content or "data" in content, (content, request)
    unmasked_failures(content, request)


def unmasked_failures(content: Any, request: bytes) -> None:
    """What would be told of a failure that nobody foresaw."""
    assert "INTERNAL_SERVER_ERROR" not in str(content), (content, request)


async def shake_hands(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, dice: random.Random, token: str
) -> None:
    """Open a socket, and mostly say who it is."""
    writer.write(
        b"GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n"
        b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    chance = dice.random()
    if chance < 0.9:
        payload = {"accessToken": token} if chance < 0.5 else None
        writer.write(frame(json.dumps({"type": "connection_init", "payload": payload}).encode()))
        assert json.loads((await received(reader))[1]) == {"type": "connection_ack"}


def frame(text: bytes) -> bytes:
    """A text frame, whatever its text, which may be no UTF-8."""
    if len(text) < 1 << 16:
        return masked(0x81, text)
    return masked(0x81, text, length=b"\xff" + len(text).to_bytes(8, "big"))


async def received(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """A frame of the server: its opcode and its payload."""
    first, second = await reader.readexactly(2)
    length = second
    if second in (126, 127):
        length = int.from_bytes(await reader.readexactly(2 if second == 126 else 8), "big")
    return first & 0x0F, await reader.readexactly(length)


async def closed(writer: asyncio.StreamWriter) -> None:
    """Give the connection back."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
