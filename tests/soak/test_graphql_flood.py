"""A hundred thousand malformed bodies and as many frames, against a server in production."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

from server.engines import EngineUrls
from tests.client import PASSWORD, REGISTER
from tests.server.graphql_corpus import BODIES, FRAMES
from tests.server.graphql_flood import Flood, drawn, endless
from tests.server.graphql_fuzz import bodies, frames
from tests.server.processes import Command, running

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

COUNT = int(os.environ.get("FLOOD", "100000"))
DRAWN = COUNT // 5
"""As many of these are hypothesis's own; the others are those and the corpus, damaged."""
STEP = COUNT // 10
WARM = 4
"""After so many steps, whatever is kept is full."""
GROWTH = 1.02


@contextmanager
def production(folder: Path, engines: EngineUrls, name: str) -> Iterator[Command]:
    """A server as it is in production, in a process of its own, and nobody counts requests."""
    with running(
        folder,
        "serve",
        BRANDGRAPH_ENV="production",
        MONGODB_URL=engines.mongodb,
        MONGODB_DATABASE=name,
        REDIS_URL=engines.redis,
        REDIS_NAMESPACE=name,
        AUTH_KEYS=f"k:{secrets.token_hex(32)}",
        RATE_LIMITS="off",
        SOCKET_LIMITS="off",
        SUBSCRIPTION_LIMITS="off",
        ACCESS_TOKEN_SECONDS="7200",
        LOG_LEVEL="error",
    ) as command:
        yield command


def register(url: str) -> Any:
    """What a registration is answered with."""
    given = {"email": "ada@example.com", "password": PASSWORD, "fullName": "Ada"}
    body = {"query": REGISTER, "variables": {"input": given}}
    return httpx.post(f"{url}/graphql", json=body).json()


def resident_kib(pid: int) -> int:
    """The memory of a process."""
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(told.stdout)


def texts(
    corpus: Sequence[bytes], strategy: st.SearchStrategy[bytes], number: int
) -> Iterator[bytes]:
    """The corpus, what hypothesis makes, and damaged ones of both."""
    made = drawn(strategy, DRAWN, number)
    return chain(corpus, made, endless(corpus, made, number))


@pytest.mark.parametrize("what", ["bodies", "frames"])
async def test_a_flood_of_malformed_input_is_survived_with_flat_memory(
    what: str, tmp_path: Path, engines: EngineUrls, name: str
) -> None:
    """Each has its deadline; no answer is 500 or above; the memory after warming up is flat."""
    number = secrets.randbits(32)
    corpus, strategy = (BODIES, bodies) if what == "bodies" else (FRAMES, frames)
    source = texts(corpus, strategy, number)
    with production(tmp_path, engines, name) as command:
        url, pid = command.url, command.process.pid
        token = register(url)["data"]["register"]["accessToken"]
        flood = Flood(int(url.rpartition(":")[2]), token, number)
        send = flood.bodies if what == "bodies" else flood.frames
        began = time.perf_counter()
        resident = []
        for _ in range(COUNT // STEP):
            await send(source, STEP)
            resident.append(resident_kib(pid) / 1024)
        took = time.perf_counter() - began
        print(
            f"\n{what}, seed {number}: {dict(flood.seen)} in {took:.0f} s, "
            f"MiB after each {STEP:,}: {', '.join(f'{each:.0f}' for each in resident)}"
        )
        assert sum(flood.seen.values()) == COUNT
        assert register(url)["errors"][0]["extensions"]["code"] == "EMAIL_TAKEN"
        assert command.stop() == 0
    assert max(resident[WARM:]) < max(resident[:WARM]) * GROWTH
