"""The embedded engines as the person who starts them meets them: real processes, really killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pymongo import MongoClient
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from server.engine_binaries import Places
from server.engine_folder import LONGEST_SOCKET_PATH
from server.engines import (
    AlreadyRunning,
    EngineError,
    Engines,
    EngineUrls,
    available,
    running,
)

OWNER = """
import os, signal, sys
from pathlib import Path
from server.engines import Engines
signal.signal(signal.SIGINT, lambda *_: os.write(1, b"interrupted\\n"))
engines = Engines(Path(sys.argv[1]), mongod="mongod" in sys.argv)
engines.start()
print(engines.mongod_pid if "mongod" in sys.argv else 0, engines.valkey_pid, flush=True)
sys.stdin.read()
"""


class Owner:
    """Another process that owns the engines of a folder."""

    def __init__(self, data: Path, *, mongod: bool = True) -> None:
        engines = ["mongod"] if mongod else []
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(data), *engines],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        pids = [int(pid) for pid in self.heard().split()]
        self.mongod_pid, self.valkey_pid = pids

    def heard(self) -> str:
        """The next line it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> None:
        """Let it come to the end of its script, or be dead already."""
        self.process.communicate()


@contextmanager
def owner(data: Path, *, mongod: bool = True) -> Iterator[Owner]:
    """An owner for the length of a block."""
    another = Owner(data, mongod=mongod)
    try:
        yield another
    finally:
        another.end()


@contextmanager
def started(engines: Engines) -> Iterator[EngineUrls]:
    """Engines for the length of a block."""
    try:
        yield engines.start()
    finally:
        engines.stop()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that nobody has used."""
    return tmp_path / "data"


def eventually(condition: Callable[[], bool], within: float = 15.0) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def gone(pid: int) -> bool:
    """Whether the process has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return True
    else:
        return state == "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def remember(urls: EngineUrls, word: str) -> None:
    """Write a word into both engines."""
    with MongoClient[dict[str, str]](urls.mongodb) as client:
        client.notes.words.insert_one({"_id": word})
    with Redis.from_url(urls.redis) as redis:
        redis.set(word, 1)


def remembered(urls: EngineUrls) -> tuple[list[str], list[str]]:
    """The words in MongoDB, the words in Valkey."""
    with MongoClient[dict[str, str]](urls.mongodb) as client:
        words = sorted(note["_id"] for note in client.notes.words.find())
    with Redis.from_url(urls.redis) as redis:
        return words, sorted(key.decode() for key in redis.scan_iter())


def has_successor(engines: Engines, valkey_pid: int) -> Callable[[], bool]:
    """The condition that another process took the place of this one."""
    return lambda: engines.valkey_pid != valkey_pid


def pings(redis: Redis) -> bool:
    """Whether the server answers."""
    try:
        return bool(redis.ping())
    except RedisConnectionError:
        return False


def socket_of(url: str) -> Path:
    """The socket's path that a driver reads in the address."""
    parts = urlsplit(url)
    return Path(unquote(parts.netloc if parts.scheme == "mongodb" else parts.path))


def one_sentence(failure: pytest.ExceptionInfo[EngineError]) -> str:
    """The error's text, which fits a terminal and ends as a sentence does."""
    text = str(failure.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Both engines, for tests that leave them serving."""
    both = Engines(tmp_path_factory.mktemp("engines"))
    both.start()
    yield both
    both.stop()


@pytest.fixture
def urls(engines: Engines) -> EngineUrls:
    """Their addresses."""
    found = running(engines.data)
    assert found is not None
    return found


def test_what_was_written_is_there_after_stop_and_start_even_in_a_moved_folder(
    data: Path, tmp_path: Path
) -> None:
    engines = Engines(data)
    told: list[str] = []
    urls = engines.start(told.append)
    pids = engines.mongod_pid, engines.valkey_pid
    remember(urls, "first")
    engines.stop()
    engines.stop()
    assert [gone(pid) for pid in pids] == [True, True]
    assert ["MongoDB" in told[0], "Valkey" in told[1]] == [True, True]

    moved = data.rename(tmp_path / "a folder, moved")
    with started(Engines(moved)) as new_urls:
        remember(new_urls, "second")
        assert remembered(new_urls) == (["first", "second"], ["first", "second"])


def test_engines_end_with_an_owner_killed_by_kill_9_and_lose_nothing(data: Path) -> None:
    with owner(data) as first:
        urls = running(data)
        assert urls is not None
        remember(urls, "kept")
        first.process.kill()
        first.process.wait()
        # No pause: the successor itself waits for the servers that are still ending.
        with started(Engines(data)) as new_urls:
            assert [gone(first.mongod_pid), gone(first.valkey_pid)] == [True, True]
            assert new_urls == urls
            assert remembered(new_urls) == (["kept"], ["kept"])


def test_engines_end_with_an_owner_that_forgot_to_stop_them(data: Path) -> None:
    with owner(data, mongod=False) as careless:
        pass
    assert careless.process.returncode == 0
    assert eventually(lambda: gone(careless.valkey_pid))


def test_a_second_start_on_the_folder_is_refused_and_others_can_attach(data: Path) -> None:
    assert running(data) is None
    with owner(data, mongod=False) as first:
        with pytest.raises(AlreadyRunning) as refusal:
            Engines(data, mongod=False).start()
        assert str(first.process.pid) in one_sentence(refusal)
        assert str(data) in str(refusal.value)

        urls = running(data)
        assert urls is not None
        assert urls.mongodb == ""
        with Redis.from_url(urls.redis) as redis:
            assert redis.info("server")["process_id"] == first.valkey_pid
        first.process.kill()
        first.process.wait()
        assert running(data) is None


def test_the_same_engines_cannot_be_started_twice(data: Path) -> None:
    engines = Engines(data, mongod=False)
    with started(engines):
        with pytest.raises(AlreadyRunning) as refusal:
            engines.start()
        assert str(os.getpid()) in one_sentence(refusal)
        assert running(data) is not None
    assert running(data) is None


def test_an_interrupt_in_the_terminal_reaches_the_owner_and_not_its_engines(data: Path) -> None:
    with owner(data) as first:
        urls = running(data)
        assert urls is not None
        os.killpg(first.process.pid, signal.SIGINT)
        assert first.heard() == "interrupted\n"
        for pid in (first.mongod_pid, first.valkey_pid):
            assert os.getpgid(pid) != first.process.pid
        remember(urls, "drained")
        assert not gone(first.mongod_pid)
        assert not gone(first.valkey_pid)


def test_killed_engines_come_back_on_the_same_data_and_addresses(
    engines: Engines, urls: EngineUrls, caplog: pytest.LogCaptureFixture
) -> None:
    remember(urls, "before")
    killed = engines.mongod_pid, engines.valkey_pid
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: caplog.text.count("serves again") == 2)
    assert {engines.mongod_pid, engines.valkey_pid}.isdisjoint(killed)
    remember(urls, "since")
    for words in remembered(urls):
        assert {"before", "since"} <= set(words)
    for name, pid in zip(("MongoDB", "Valkey"), killed, strict=True):
        assert f"{name} (process {pid}) ended: Killed; starting it again" in caplog.text
    assert len(caplog.records) == 4


def test_a_restart_returns_when_the_successor_serves(engines: Engines, urls: EngineUrls) -> None:
    before = engines.mongod_pid, engines.valkey_pid
    engines.restart_mongod()
    engines.restart_valkey()
    assert {engines.mongod_pid, engines.valkey_pid}.isdisjoint(before)
    remember(urls, "at once")


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads the kernel's tables")
def test_engines_listen_on_their_socket_and_nowhere_else(
    engines: Engines, urls: EngineUrls
) -> None:
    ports = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        ports |= {line.split()[9] for line in lines}
    unix = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    paths = {fields[6]: fields[7] for fields in unix if len(fields) > 7}
    for pid, url in ((engines.mongod_pid, urls.mongodb), (engines.valkey_pid, urls.redis)):
        links = [str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()]
        held = {link[8:-1] for link in links if link.startswith("socket:")}
        assert held.isdisjoint(ports)
        assert {paths[inode] for inode in held if inode in paths} == {str(socket_of(url))}


def test_an_engine_that_keeps_dying_is_tried_again_and_again(data: Path) -> None:
    engines = Engines(data, mongod=False)
    with started(engines) as urls:
        for _ in range(3):
            killed = engines.valkey_pid
            os.kill(killed, signal.SIGKILL)
            assert eventually(has_successor(engines, killed))
        with Redis.from_url(urls.redis) as redis:
            assert eventually(lambda: pings(redis))


def test_a_long_folder_has_its_sockets_in_a_private_one_that_stays_the_same(
    tmp_path: Path,
) -> None:
    name = "x" * (LONGEST_SOCKET_PATH + 1 - len(str(tmp_path / "mongod.sock")) - 1)
    data = tmp_path / (name or "x")
    with started(Engines(data, mongod=False)) as urls:
        socket = socket_of(urls.redis)
        assert len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH
        assert socket.is_socket()
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        assert running(data) == urls
    with started(Engines(data, mongod=False)) as urls_again:
        assert urls_again == urls
    socket.parent.rmdir()


def test_a_folder_whose_name_has_capitals_has_its_sockets_where_the_driver_looks(
    tmp_path: Path,
) -> None:
    """PyMongo takes a member of a set for a host, and writes it in small letters."""
    with started(Engines(tmp_path / "Ada's Data", valkey=False)) as urls:
        with MongoClient[dict[str, object]](urls.mongodb, serverSelectionTimeoutMS=2000) as client:
            assert client.admin.command("ping")["ok"] == 1
        folder = socket_of(urls.mongodb).parent
    assert str(folder) == str(folder).lower()
    folder.rmdir()


@pytest.mark.parametrize(("name", "setting"), [("MongoDB", "MONGODB_URL"), ("Valkey", "REDIS_URL")])
def test_a_machine_without_the_program_is_told_what_to_set(
    data: Path, name: str, setting: str
) -> None:
    nowhere = Places(path="", site=[])
    with pytest.raises(EngineError) as failure:
        Engines(data, mongod=name == "MongoDB", places=nowhere).start()
    assert f"No {name} was found" in one_sentence(failure)
    assert setting in str(failure.value)
    assert not data.exists()


def mongod_that(folder: Path, script: str) -> Places:
    """A PATH whose mongod does what the shell script says; wheels as they are."""
    program = folder / "mongod"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Places(path=str(folder))


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            "echo mongod: error while loading shared libraries: libcurl.so.4: not there >&2;"
            " exit 127",
            "MongoDB cannot start because libcurl.so.4 is missing: "
            "run `apt-get install libcurl4`, or set MONGODB_URL.",
        ),
        (
            'echo "mongod: libc.so.6: version \\`GLIBC_2.34\' not found" >&2; exit 1',
            "MongoDB cannot start because this system is older than GLIBC_2.34: set MONGODB_URL.",
        ),
        (
            "kill -ILL $$",
            "MongoDB cannot start because this processor lacks AVX instructions: set MONGODB_URL.",
        ),
        (
            "exit 62",
            "MongoDB cannot read the data folder because another version wrote it: put that "
            "version first on PATH, set MONGODB_URL, or choose another data folder.",
        ),
        (
            """echo '{"s":"E","msg":"Disk is full","attr":{"left":0}}'; echo bye; exit 14""",
            'MongoDB ended with code 14 while starting; {log} says: Disk is full {{"left": 0}}.',
        ),
    ],
)
def test_a_mongod_that_cannot_run_is_explained_and_leaves_nothing_behind(
    data: Path, tmp_path: Path, script: str, told: str
) -> None:
    places = mongod_that(tmp_path, script)
    with pytest.raises(EngineError) as failure:
        Engines(data, places=places).start()
    assert one_sentence(failure) == told.format(log=data / "mongod.log")
    assert running(data) is None
    with started(Engines(data, mongod=False, places=places)):
        pass


def test_the_mongod_on_path_comes_before_the_packaged_one(tmp_path: Path) -> None:
    packaged = available(Places(path=""))
    assert packaged["mongod"] is not None
    assert "version" in str(packaged["mongod_version"])
    assert "9.1" in str(packaged["valkey_version"])

    own = available(mongod_that(tmp_path, "echo sorry >&2; exit 1"))
    assert own["mongod"] == str(tmp_path / "mongod")
    assert own["mongod_version"] == "does not run: sorry"

    assert available(Places(path="", site=[])) == {
        "mongod": None,
        "mongod_version": None,
        "valkey": None,
        "valkey_version": None,
    }


def test_a_data_folder_that_cannot_be_one_is_named(data: Path) -> None:
    data.write_text("a file")
    with pytest.raises(EngineError) as failure:
        Engines(data, mongod=False).start()
    assert str(data) in one_sentence(failure)
