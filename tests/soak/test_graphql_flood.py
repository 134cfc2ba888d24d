"""A hundred thousand malformed bodies and as many frames, against a real server (`make soak`)."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.server.graphql_fuzz import TOKENS
from tests.server.graphql_site import Site, Socket, serving

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

COUNT = 100_000
CLIENTS = 16
WELL_FORMED = [
    b'{"query": "query ($v: Int) {echo(number: $v)}", "variables": {"v": 1}}',
    b'{"query": "{posts {name author {name}}}", "operationName": null, "extensions": {}}',
    b'{"type": "subscribe", "id": "1", "payload": {"query": "subscription {count(to: 1)}"}}',
    b'{"type": "ping", "payload": {"a": [1, 2.5, true, null, "\\u00e9"]}}',
    b'{"type": "complete", "id": "1"}',
]


def malformed(dice: random.Random) -> bytes:
    """A well-formed text with a few pieces cut out, put in twice or replaced."""
    text = dice.choice(WELL_FORMED)
    for _ in range(dice.randint(1, 4)):
        begin = dice.randrange(len(text) + 1)
        end = min(len(text), begin + dice.randrange(6))
        piece = dice.choice(
            (b"", text[begin:end] * 2, dice.randbytes(3), dice.choice(TOKENS).encode())
        )
        text = text[:begin] + piece + text[end:]
    return text


def resident_bytes() -> int:
    """The memory of this process, which is the server's too."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


async def post(site: Site, dice: random.Random, count: int, seen: Counter[int]) -> None:
    """Sends so many bodies, one after another."""
    headers = {"content-type": "application/json"}
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        for _ in range(count):
            response = await client.post(site.url, content=malformed(dice), headers=headers)
            seen[response.status_code] += 1
            assert response.json()
            site.world.credentials.clear()


async def say(site: Site, dice: random.Random, count: int, seen: Counter[int]) -> None:
    """Sends so many frames, on a new socket whenever the server closed one."""
    while count > 0:
        async with site.socket() as socket:
            try:
                while count > 0:
                    count -= 1
                    await socket.connection.send(malformed(dice).decode(errors="replace"))
                    await answered(socket)
                    site.world.credentials.clear()
                    seen[0] += 1
            except ConnectionClosed as closed:
                assert closed.rcvd is not None
                seen[closed.rcvd.code] += 1


async def answered(socket: Socket) -> None:
    """Waits until the server has dealt with all that was sent."""
    await socket.send(type="ping", payload={"mark": 1})
    while await socket.receive() != {"type": "pong", "payload": {"mark": 1}}:
        pass


Flood: TypeAlias = Callable[[Site, random.Random, int, Counter[int]], Awaitable[None]]


@pytest.mark.parametrize(
    ("work", "ends"), [(post, {200, 400}), (say, {0, 1009, 4400, 4401, 4409, 4429})]
)
async def test_a_flood_of_malformed_input_is_survived_with_flat_memory(
    work: Flood, ends: set[int]
) -> None:
    seen: Counter[int] = Counter()
    async with serving(executor={"cache_bytes": 4 << 20}) as site:

        async def wave(count: int, seed: int) -> int:
            each = count // CLIENTS
            await asyncio.gather(
                *(work(site, random.Random(seed + n), each, seen) for n in range(CLIENTS))
            )
            return resident_bytes()

        warm = await wave(COUNT // 4, 0)
        end = await wave(COUNT - COUNT // 4, 1000)
        print(seen, f"{warm >> 20} MiB warm, {end >> 20} MiB at the end")
        assert site.world.reported == []
        assert (await site.post("{greeting}")).json() == {"data": {"greeting": "hello"}}
    assert set(seen) <= ends
    assert end < warm * 1.1
