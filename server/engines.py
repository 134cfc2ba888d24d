"""The embedded engines: a real MongoDB and a real Valkey on a folder, for one machine.

Only one process owns them (`Engines`); others on the same machine ask `running` for the
addresses. Servers that are given by address are none of this module's business.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from server.engine_binaries import Places, version_of
from server.engine_failures import AlreadyRunning, EngineError, no_server, unusable
from server.engine_folder import Claim, EngineUrls, owner_urls, socket_folder
from server.engine_mongod import SETTING as MONGODB_URL
from server.engine_mongod import mongod_server, mongod_url
from server.engine_process import ServerProcess
from server.engine_valkey import SETTING as REDIS_URL
from server.engine_valkey import valkey_server, valkey_url

__all__ = ["AlreadyRunning", "EngineError", "EngineUrls", "Engines", "available", "running"]


def _quiet(_: str) -> None:
    return None


class Engines:
    """Owner of the embedded servers on one data folder, from `start` to `stop`.

    They end with this process however it ends, and are brought back if they die before it.
    `places` says where their programs are looked for.
    """

    def __init__(
        self,
        data: Path,
        *,
        mongod: bool = True,
        valkey: bool = True,
        extra_mongod_flags: Sequence[str] = (),
        places: Places | None = None,
    ) -> None:
        self.data = data.resolve()
        self._wants_mongod = mongod
        self._wants_valkey = valkey
        self._mongod_flags = extra_mongod_flags
        self._places = places or Places()
        self._claim = Claim(self.data)
        self._processes: dict[str, ServerProcess] = {}

    def start(self, progress: Callable[[str], None] = _quiet) -> EngineUrls:
        """Start what was asked for, wait until it serves, return the addresses.

        Blocks for about half a second. Raises `AlreadyRunning` if a live process owns the
        folder and `EngineError` if a server cannot be found or started; nothing is left
        running then.
        """
        mongod = self._program("MongoDB", MONGODB_URL) if self._wants_mongod else None
        valkey = self._program("Valkey", REDIS_URL) if self._wants_valkey else None
        self._claim.take()
        try:
            return self._start(mongod, valkey, progress)
        except BaseException as failure:
            self.stop()
            if isinstance(failure, OSError):
                raise unusable(self.data, failure) from failure
            raise

    def stop(self) -> None:
        """End the servers gracefully and give the folder up; a second call does nothing."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.stop()
        self._processes.clear()
        self._claim.release()

    @property
    def mongod_pid(self) -> int:
        """The process id of mongod; another one after a restart."""
        return self._process("MongoDB").pid

    @property
    def valkey_pid(self) -> int:
        """The process id of Valkey; another one after a restart."""
        return self._process("Valkey").pid

    def restart_mongod(self) -> None:
        """End mongod and return when its successor serves on the same data and socket."""
        self._process("MongoDB").restart()

    def restart_valkey(self) -> None:
        """End Valkey and return when its successor serves on the same data and socket."""
        self._process("Valkey").restart()

    def _start(
        self, mongod: Path | None, valkey: Path | None, progress: Callable[[str], None]
    ) -> EngineUrls:
        sockets = socket_folder(self.data)
        mongodb, redis = "", ""
        if mongod:
            socket = sockets / "mongod.sock"
            server = mongod_server(mongod, self.data, socket, self._mongod_flags)
            self._processes[server.name] = ServerProcess(server, self._claim.servers)
            mongodb = mongod_url(socket)
        if valkey:
            socket = sockets / "valkey.sock"
            server = valkey_server(valkey, self.data, socket)
            self._processes[server.name] = ServerProcess(server, self._claim.servers)
            redis = valkey_url(socket)
        for name, process in self._processes.items():
            progress(f"Starting {name} on {self.data}")
            process.launch()
        for process in self._processes.values():
            process.wait_until_it_serves()
            process.supervise()
        urls = EngineUrls(mongodb, redis)
        self._claim.announce(urls)
        return urls

    def _program(self, name: str, setting: str) -> Path:
        found = self._places.mongod() if name == "MongoDB" else self._places.valkey()
        if found is None:
            raise no_server(name, setting)
        return found

    def _process(self, name: str) -> ServerProcess:
        if name not in self._processes:
            raise EngineError(f"{name} has not been started here.")
        return self._processes[name]


def running(data: Path, within: float = 15.0) -> EngineUrls | None:
    """The addresses of the engines that a live process owns on this folder, else None.

    If that process is just starting them, waits up to `within` seconds until they serve.
    """
    return owner_urls(data.resolve(), within)


def available(places: Places | None = None) -> dict[str, str | None]:
    """The programs that would be used, and what they say of their version.

    Keys: `mongod` and `valkey` (a path, or None where there is none), `mongod_version` and
    `valkey_version` (one line; "does not run: ..." tells why it would not).
    """
    places = places or Places()
    found = {"mongod": places.mongod(), "valkey": places.valkey()}
    report: dict[str, str | None] = {}
    for name, program in found.items():
        report[name] = str(program) if program else None
        report[f"{name}_version"] = version_of(program) if program else None
    return report
