"""Real engines, one set a run; a database and a namespace of its own for each test."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pymongo import MongoClient
from redis.utils import get_lib_version

from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.stores import Stores
from schema.root import graph
from server.app import create_app
from server.compose import Backend
from server.engines import Engines, EngineUrls
from server.serving import listening, uvicorn_config
from server.settings import Settings, read
from tests.cleaning import cleared, emptied
from tests.client import Client, http_client
from tests.prompt import Prompt

PATIENCE = 20.0
"""Seconds that engines have to answer in: other tests may keep the machine busy."""

_numbers = itertools.count(1)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: each waits for its engines now and then."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """All is imported: garbage is not looked for among it any more, as in a server."""
    settled()


def fast_folder() -> str | None:
    """Memory where there is some: tests need no disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture(scope="session")
def engines() -> Iterator[EngineUrls]:
    """Where the engines of this run are: started for its first test, stopped at its end."""
    with tempfile.TemporaryDirectory(prefix="bg-test-", dir=fast_folder()) as folder:
        # A database a test: what was dropped has to go at once, not in five minutes.
        forgetful = ("--setParameter", "minSnapshotHistoryWindowInSeconds=0")
        engines = Engines(Path(folder), extra_mongod_flags=forgetful)
        try:
            urls = engines.start()
            hasten(urls.mongodb)
            yield urls
        finally:
            engines.stop()


def hasten(url: str) -> None:
    """Let a majority of one acknowledge before the journal is flushed: tests lose no power."""
    with MongoClient[dict[str, object]](url) as client:
        config = client.admin.command("replSetGetConfig")["config"]
        config["writeConcernMajorityJournalDefault"] = False
        config["version"] += 1
        client.admin.command("replSetReconfig", config)


@pytest.fixture(scope="session")
def spare() -> list[str]:
    """Names of databases that a test has left empty, with their indexes: made once, used again."""
    return []


@pytest.fixture
def name(request: pytest.FixtureRequest, spare: list[str]) -> str:
    """A name that no other test has now; of an empty database, if this test uses one."""
    if spare and "mongo" in request.fixturenames:
        return spare.pop()
    return f"t{os.getpid()}_{next(_numbers)}"


@pytest.fixture
async def mongo(engines: EngineUrls, name: str, spare: list[str]) -> AsyncIterator[Mongo]:
    """A database of one's own, with its indexes; emptied afterwards, for another test."""
    mongo = Mongo(engines.mongodb, name, timeout=PATIENCE)
    try:
        if not await mongo.database.list_collection_names():
            await Migrations(mongo, Stores.on(mongo).all()).run()
        yield mongo
        if await emptied(mongo):
            spare.append(name)
    finally:
        await mongo.close()


@pytest.fixture
async def redis(engines: EngineUrls, name: str) -> AsyncIterator[Redis]:
    """A namespace of one's own in Redis, emptied afterwards."""
    async with cleared(Redis(engines.redis, name, timeout=PATIENCE)) as redis:
        yield redis


@pytest.fixture(scope="session")
def built() -> Iterator[None]:
    """What servers of a process share: the schema, and what a connection to Redis calls itself.

    Each connection of a job queue would look its driver's version up on the disk.
    """
    graph()
    settled()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("redis.utils.get_lib_version", cache(get_lib_version))
        yield


def settled() -> None:
    """What lives is never looked at again when garbage is collected: see `server.light`.

    And garbage waits ten times as long, for a test makes little.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(7_000)


@pytest.fixture
def settings(engines: EngineUrls, name: str, tmp_path: Path, built: None) -> Settings:
    """Settings of a server on the engines of this run, with cheap passwords."""
    return replace(settings_for(engines, name, tmp_path), engine_timeout_seconds=PATIENCE)


def settings_for(engines: EngineUrls, name: str, folder: Path) -> Settings:
    """Settings of a server with a database and a namespace of that name."""
    return read(
        {
            "COMPILED_EXECUTION": os.environ.get("COMPILED_EXECUTION", ""),
            "BRANDGRAPH_ENV": "test",
            "PORT": "0",
            "DATA_DIR": str(folder),
            "MONGODB_URL": engines.mongodb,
            "MONGODB_DATABASE": name,
            "REDIS_URL": engines.redis,
            "REDIS_NAMESPACE": name,
            "AUTH_KEYS": "test:" + "k" * 32,
            "PASSWORD_MEMORY_KIB": "8",
            "PASSWORD_ROUNDS": "1",
            "PUBLIC_URL": "https://brandgraph.test",
            "REDELIVERY_SECONDS": "2",
            "RATE_LIMITS": "anonymous:100000,free:100000,agency:100000",
            "DEFAULT_PLAN": "agency",
        }
    )


class Running:
    """A server that listens on a port of its own, in the test's event loop."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self.socket = listening("127.0.0.1", 0)
        self.server = Prompt(uvicorn_config(settings, self.app))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    async def serve(self) -> None:
        """Serve until told to stop; fail, and not end the run, if it cannot start."""
        try:
            await self.server._serve([self.socket])
        except SystemExit as end:
            raise RuntimeError("The server did not start: its log tells why.") from end

    @property
    def backend(self) -> Backend:
        """What is behind its edge."""
        backend: Backend = self.app.state.backend
        return backend


@asynccontextmanager
async def serving(settings: Settings, running: Running | None = None) -> AsyncIterator[Running]:
    """A server, started; drained and stopped at the end."""
    running = running or Running(settings)
    task = asyncio.create_task(running.serve())
    up = asyncio.create_task(running.server.up.wait())
    await asyncio.wait({task, up}, return_when=asyncio.FIRST_COMPLETED)
    up.cancel()
    assert not task.done(), task.exception()
    try:
        yield running
    finally:
        running.server.should_exit = True
        await task


@pytest.fixture
async def server(settings: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[Running]:
    """The whole application, API and worker, on real engines and a real port."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def anonymous(server: Running) -> AsyncIterator[Client]:
    """A caller without a token."""
    async with http_client(timeout=60) as http:
        yield Client(server.url, http, listening=lambda: server.backend.events.listening)


@pytest.fixture
async def ada(anonymous: Client) -> Client:
    """A person with an account."""
    return await anonymous.register("ada@example.com", "Ada Lovelace")


@pytest.fixture
async def bob(anonymous: Client) -> Client:
    """Another person, with whom Ada shares nothing."""
    return await anonymous.register("bob@example.com", "Bob Noyce")
