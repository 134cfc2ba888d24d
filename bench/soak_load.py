"""Requests at a steady pace, whether the server keeps up or not.

Each request has a time at which it is due, and its delay counts from then: who waits for a slow
answer before asking again would never notice how late all the others would have been.
"""

from __future__ import annotations

import asyncio
import random
import time
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from bench import documents
from bench.http_load import body_of, http_request
from bench.requests import VERSION, body, lists, single_pieces, versions_of
from bench.world import World

CONNECTIONS = 64
MIX = (("content_by_id", 70), ("contents_20", 20), ("update_content", 10))
"""How many of a hundred requests are of which kind."""
PATIENCE = 10.0
CHANGED = 250
"""How many pieces the changes go round."""


@dataclass(slots=True)
class Tally:
    """What came of the requests of some time: delays in seconds, and failures."""

    delays: array[float] = field(default_factory=lambda: array("d"))
    errors: int = 0
    first_error: str = ""

    def failed(self, why: str, times: int = 1) -> None:
        """Note answers that are none, if there were any."""
        self.errors += times
        self.first_error = self.first_error or why


class Line(asyncio.Protocol):
    """One connection, which has one request at a time."""

    def __init__(self) -> None:
        self.rest = b""
        self.answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hand a whole answer over."""
        data = self.rest + data
        if body_of(data) is None:
            self.rest = data
            return
        self.rest = b""
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("The server closed a connection."))

    async def ask(self, request: bytes) -> bytes:
        """The answer. OSError where the connection is lost, TimeoutError after ten seconds."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        async with asyncio.timeout(PATIENCE):
            return await self.answer


class Mix:
    """Makes the requests: of each kind its share, at random; changes follow the last version."""

    def __init__(
        self, world: World, chance: random.Random, changing: Callable[[int], None]
    ) -> None:
        """`changing` is told the number of each change that leaves."""
        self._tokens = world.tokens
        self._chance = chance
        self._changing = changing
        self._bodies = {
            "content_by_id": single_pieces(world),
            "contents_20": lists(world),
        }
        versions = versions_of(world)
        step = max(1, len(world.contents) // CHANGED)
        self._idle = deque((id, versions[id]) for id in world.contents[::step])
        self.changes = 0
        self.changed = 0

    def next(self) -> tuple[bytes, Callable[[bytes], None]]:
        """A request, and what is to be told its answer ("" where there was none)."""
        [kind] = self._chance.choices([name for name, _ in MIX], [share for _, share in MIX])
        if kind == "update_content" and self._idle:
            return self._change()
        found = self._bodies.get(kind) or self._bodies["content_by_id"]
        return self._request(self._chance.choice(found)), lambda answer: None

    def _change(self) -> tuple[bytes, Callable[[bytes], None]]:
        id, version = self._idle.popleft()
        self.changes += 1
        self._changing(self.changes)
        change = {
            "title": f"Change {self.changes:09}",
            "body": f"A text that is long enough. {self.changes:09} " * 5,
        }
        variables = {"id": id, "expectedVersion": version, "input": change}

        def answered(answer: bytes) -> None:
            found = VERSION.search(answer)
            if found is not None:  # else nobody knows how it stands, and it is left alone
                self.changed += 1
                self._idle.append((id, int(found[1])))

        return self._request(body(documents.UPDATE_CONTENT, variables)), answered

    def _request(self, text: bytes) -> bytes:
        return http_request(text, self._chance.choice(self._tokens))


class Pace:
    """Sends a mix on many connections. `tally` is where results go, and may be exchanged."""

    def __init__(self, port: int, mix: Mix) -> None:
        self.port = port
        self.mix = mix
        self.tally = Tally()
        self.late = 0
        self._lines: list[Line] = []

    async def flood(self, seconds: float) -> float:
        """Requests a second where each connection asks as soon as it was answered.

        Delays say nothing then and are not kept; failures are.
        """
        kept, self.tally = self.tally, Tally()
        began = time.perf_counter()
        await self._all(began + seconds, time.perf_counter)
        took = time.perf_counter() - began
        flooded, self.tally = self.tally, kept
        kept.failed(flooded.first_error, flooded.errors)
        return len(flooded.delays) / took

    async def keep(self, rate: float, seconds: float) -> None:
        """So many requests a second for so long, evenly spread."""
        began = time.perf_counter()
        number = -1

        def due() -> float:
            nonlocal number
            number += 1
            return began + number / rate

        await self._all(began + seconds, due)

    async def close(self) -> None:
        """Leave."""
        for line in self._lines:
            line.transport.close()
        await asyncio.sleep(0)

    async def _all(self, until: float, due: Callable[[], float]) -> None:
        while len(self._lines) < CONNECTIONS:
            self._lines.append(await self._open())
        async with asyncio.TaskGroup() as tasks:
            for number in range(CONNECTIONS):
                tasks.create_task(self._one(number, until, due))

    async def _open(self) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(partial(Line), "127.0.0.1", self.port)
        return line

    async def _one(self, number: int, until: float, due: Callable[[], float]) -> None:
        while (at := due()) < until:
            wait = at - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            request, answered = self.mix.next()
            answer = await self._answer(number, request)
            self.tally.delays.append(time.perf_counter() - at)
            answered(answer)

    async def _answer(self, number: int, request: bytes) -> bytes:
        try:
            answer = await self._lines[number].ask(request)
        except (OSError, TimeoutError) as error:
            self.tally.failed(repr(error))
            self._lines[number].transport.abort()
            self._lines[number] = await self._open()
            return b""
        if not answer.startswith(b"HTTP/1.1 200") or b'"errors"' in answer:
            self.tally.failed(answer[-600:].decode(errors="replace"))
        return answer
