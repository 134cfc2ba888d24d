"""One owner for the embedded servers of a data folder: its locks, its addresses, its sockets."""

import fcntl
import hashlib
import os
import socket
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from server.engine_failures import AlreadyRunning, EngineError, unusable

LONGEST_SOCKET_PATH = 103  # bytes; sun_path holds 104 on macOS, with the final zero
_LEFTOVERS_MAY_TAKE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class EngineUrls:
    """Addresses of the embedded servers, for their drivers; "" for one that was not asked for."""

    mongodb: str
    redis: str


@dataclass(frozen=True, slots=True)
class _State:
    pid: int | None = None
    urls: EngineUrls | None = None


class Claim:
    """A hold on a data folder, from `take` until `release` or the death of this process.

    Two files are locked. `owner.lock` is ours alone, so the kernel frees it the moment we die.
    `servers.lock` is inherited by the servers, so it stays locked until the last of them ended.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._owner = -1
        self.servers = -1

    def take(self) -> None:
        """Become the owner, or raise `AlreadyRunning`; wait for servers whose owner was killed."""
        if self._owner >= 0:
            raise AlreadyRunning(str(self._data), os.getpid())
        try:
            self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._owner = _open(self._data / "owner.lock")
            self.servers = _open(self._data / "servers.lock")
        except OSError as failure:
            self.release()
            raise unusable(self._data, failure) from failure
        try:
            # `running` takes the lock for an instant to look; a true owner keeps it.
            if not _lock(self._owner, within=0.1):
                raise AlreadyRunning(str(self._data), _state(self._data).pid)
            self._write(_State(os.getpid()))
            if not _lock(self.servers, within=_LEFTOVERS_MAY_TAKE):
                raise EngineError(
                    f"Servers of an earlier run still hold {self._data}: "
                    "end them (their logs are in that folder), then start again."
                )
        except EngineError:
            self.release()
            raise

    def announce(self, urls: EngineUrls) -> None:
        """Tell other processes the addresses, now that they answer."""
        self._write(_State(os.getpid(), urls))

    def release(self) -> None:
        """Give the folder up; what was announced is void."""
        for fd in (self.servers, self._owner):
            if fd >= 0:
                os.close(fd)
        self.servers = self._owner = -1

    def _write(self, state: _State) -> None:
        text = msgspec.json.encode(state)
        os.pwrite(self._owner, text, 0)
        os.ftruncate(self._owner, len(text))


def owner_urls(data: Path, within: float) -> EngineUrls | None:
    """The addresses another owner announced; waits `within` seconds if it is still starting."""
    deadline = time.monotonic() + within
    while _is_owned(data):
        if urls := _state(data).urls:
            return urls
        if time.monotonic() > deadline:
            return None
        time.sleep(0.02)
    return None


def socket_folder(data: Path) -> Path:
    """Where the sockets of this data folder live: in it, if their paths are short enough.

    Else in a private folder under the temporary one, whose name follows from the data
    folder's, so that the addresses stay the same from one start to the next.
    """
    if len(os.fsencode(data / "mongod.sock")) <= LONGEST_SOCKET_PATH and _takes_sockets(data):
        return data
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    folder = temporary_folder() / f"brandgraph-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or folder.is_symlink():
        raise EngineError(f"{folder} has to be a folder that only you can open: remove it.")
    return folder


def temporary_folder() -> Path:
    """The usual one, unless its name has capitals, as on macOS."""
    usual = Path(tempfile.gettempdir())
    return Path("/tmp") if has_capitals(usual) else usual  # noqa: S108 - a private folder in it


def has_capitals(path: Path) -> bool:
    """Whether the driver would look elsewhere: it takes a member of a set for a host's name."""
    return str(path) != str(path).lower()


def _takes_sockets(data: Path) -> bool:
    # A comma would end the address in mongod's --bind_ip; some mounts know no sockets at all.
    if "," in str(data) or has_capitals(data):
        return False
    probe = data / "probe.sock"
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            probe.unlink(missing_ok=True)
            listener.bind(str(probe))
        probe.unlink()
    except OSError:
        return False
    return True


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _lock(fd: int, within: float) -> bool:
    deadline = time.monotonic() + within
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)


def _is_owned(data: Path) -> bool:
    try:
        fd = os.open(data / "owner.lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def _state(data: Path) -> _State:
    """What the owner wrote; nothing while it is writing."""
    try:
        return msgspec.json.decode((data / "owner.lock").read_bytes(), type=_State)
    except (OSError, msgspec.MsgspecError):
        return _State()
