"""Real engines, one set a run; a database and a namespace of its own for each test."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.stores import Stores
from server.engines import Engines, EngineUrls

_numbers = itertools.count(1)


def fast_folder() -> str | None:
    """Memory where there is some: tests need no disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture(scope="session")
def engines() -> Iterator[EngineUrls]:
    """Where the engines of this run are: started for its first test, stopped at its end."""
    with tempfile.TemporaryDirectory(prefix="bg-test-", dir=fast_folder()) as folder:
        engines = Engines(Path(folder))
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


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"t{os.getpid()}_{next(_numbers)}"


@pytest.fixture
async def mongo(engines: EngineUrls, name: str) -> AsyncIterator[Mongo]:
    """A database of one's own, with its indexes, dropped afterwards."""
    mongo = Mongo(engines.mongodb, name)
    await Migrations(mongo, Stores.on(mongo).all()).run()
    yield mongo
    await mongo.client.drop_database(name)
    await mongo.close()


@pytest.fixture
async def redis(engines: EngineUrls, name: str) -> AsyncIterator[Redis]:
    """A namespace of one's own in Redis, emptied afterwards."""
    redis = Redis(engines.redis, name)
    yield redis
    async for key in redis.client.scan_iter(f"{name}:*"):
        await redis.client.delete(key)
    await redis.close()
