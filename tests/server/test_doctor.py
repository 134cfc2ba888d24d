"""`brandgraph doctor`: what it sees, and what it says to do about it."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.stores import Stores
from server.doctor import examine
from server.engines import EngineUrls, available
from server.probes import Probe, mongodb, redis, without_password
from server.settings import Settings, read

KEY = "k1:Zb3xqTn8Lw0aVr5YdKfGh2JmPc7SeUi9"


@pytest.fixture
def settings(engines: EngineUrls, name: str, tmp_path: Path) -> Settings:
    """A server on engines that answer, and that nobody has used yet."""
    return read(
        {
            "MONGODB_URL": engines.mongodb,
            "REDIS_URL": engines.redis,
            "MONGODB_DATABASE": name,
            "REDIS_NAMESPACE": name,
            "DATA_DIR": str(tmp_path),
        }
    )


def line(text: str, part: str) -> str:
    """The line that tells of a part."""
    return next(each for each in text.splitlines() if part in each)


def probed(found: Probe) -> str:
    """The problem of an engine, which is one sentence."""
    assert found.problem.endswith(".")
    assert "\n" not in found.problem
    return found.problem


@contextmanager
def process(*command: str) -> Iterator[None]:
    """A server that is no concern of ours, for the length of a block."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
        try:
            yield
        finally:
            other.terminate()


def answered(
    ask: Callable[[Settings], Coroutine[object, object, Probe]], settings: Settings
) -> Probe:
    """The probe of a server that has just been started, as soon as it answers."""
    deadline = time.monotonic() + 20
    while True:
        found = asyncio.run(ask(settings))
        if "does not answer" not in found.problem or time.monotonic() > deadline:
            return found


def test_without_a_server_it_tells_what_would_be_started(tmp_path: Path) -> None:
    found = examine(read({"DATA_DIR": str(tmp_path)}))
    assert found.well
    assert "would be started, embedded" in line(found.text, "MongoDB")
    assert "Valkey" in line(found.text, "Redis")
    assert "made for this machine at the first start" in line(found.text, "Signing keys")
    assert list(tmp_path.iterdir()) == []


def test_it_sees_that_indexes_are_missing_and_that_nobody_works(settings: Settings) -> None:
    found = examine(settings)
    assert not found.well
    assert "answers in" in line(found.text, "MongoDB")
    assert "indexes are missing" in line(found.text, "Database")
    assert "Run `brandgraph migrate`" in found.text
    assert line(found.text, "Worker").split()[:4] == ["FAIL", "Worker", "none", "alive"]


def test_it_sees_that_the_database_is_up_to_date(settings: Settings) -> None:
    async def migrate() -> None:
        mongo = Mongo(settings.mongodb_url, settings.mongodb_database)
        await Migrations(mongo, Stores.on(mongo).all()).run()
        await mongo.close()

    asyncio.run(migrate())
    assert "all indexes are there" in line(examine(settings).text, "Database")


# A driver leaves a socket that was refused to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_it_says_what_to_do_about_an_engine_that_is_away_and_keeps_its_password() -> None:
    away = {
        "MONGODB_URL": "mongodb://ada:hush-hush@127.0.0.1:9/?replicaSet=rs0",
        "REDIS_URL": "redis://:hush-hush@127.0.0.1:9",
        "ENGINE_TIMEOUT_SECONDS": "0.2",
        "AUTH_KEYS": KEY,
    }
    found = examine(read(away))
    gc.collect()
    assert not found.well
    assert "MONGODB_URL does not answer: start it or correct it." in found.text
    assert "REDIS_URL does not answer: start it or correct it." in found.text
    assert "127.0.0.1:9" in found.text
    assert "k1 signs" in line(found.text, "Signing keys")
    assert "hush-hush" not in found.text
    assert KEY[3:] not in found.text


@pytest.mark.parametrize("url", ["mongodb://ada:p@ss@db", "mongodb://db/?replicaSet=a&ssl=perhaps"])
def test_an_address_that_the_driver_refuses_is_one_sentence(url: str) -> None:
    said = probed(asyncio.run(mongodb(read({"MONGODB_URL": url}))))
    assert said.startswith("MONGODB_URL cannot be used (")
    assert "p@ss" not in said


def test_a_single_mongod_is_refused_because_transactions_need_a_replica_set(tmp_path: Path) -> None:
    program, path = available()["mongod"], tmp_path / "single.sock"
    flags = ("--bind_ip", str(path), "--nounixsocket", "--dbpath", str(tmp_path))
    settings = read({"MONGODB_URL": f"mongodb://{quote(str(path), safe='')}"})
    with process(str(program), *flags):
        said = probed(answered(mongodb, settings))
    assert said.startswith("MONGODB_URL is a single server, and transactions need a replica set")


def test_a_redis_that_drops_keys_is_warned_of(tmp_path: Path) -> None:
    program, path = available()["valkey"], tmp_path / "valkey.sock"
    flags = ("--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path))
    settings = read({"REDIS_URL": f"unix://{path}"})
    with process(str(program), *flags, "--maxmemory-policy", "allkeys-lru"):
        found = answered(redis, settings)
    assert found.problem == ""
    assert found.warning.startswith("REDIS_URL drops keys when it is full")


def test_addresses_are_shown_without_who_and_how() -> None:
    shown = {
        "mongodb://ada:pw@one:1,two:2/db?replicaSet=rs0": "mongodb://one:1,two:2",
        "mongodb+srv://ada:pw@cluster.example.com/?w=majority": "mongodb+srv://cluster.example.com",
        "redis://:pw@cache:6379/1": "redis://cache:6379",
        "redis://cache:6379": "redis://cache:6379",
        "unix:///run/valkey.sock": "unix:///run/valkey.sock",
        "mongodb://%2Frun%2Fmongod.sock/?replicaSet=rs0": "mongodb:///run/mongod.sock",
    }
    assert {url: without_password(url) for url in shown} == shown
