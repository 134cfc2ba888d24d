"""One embedded server as a process: tied to its owner's life, brought back if it dies."""

import logging
import math
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from server.engine_failures import EngineError, start_failure

log = logging.getLogger(__name__)

# The shell turns into the server, so the pid we know is the server's own. What it leaves behind
# reads from a pipe that only the owner holds: a line says that the server ended and all is well,
# the end of the pipe says that the owner died. It comes in as standard input, the lock on the
# data folder as standard error: those are the descriptors every shell can move.
# Some systems allow a program few open files until it asks for more; a database needs many.
_TIED_TO_OWNER = """
ulimit -S -n 64000 2>/dev/null || ulimit -S -n "$(ulimit -H -n)" 2>/dev/null
exec 3<&0 4>&2 2>&1 </dev/null
(
  exec 4>&-
  read -r _ <&3 && exit
  kill -TERM $$
  n=0
  while kill -0 $$ && [ $n -lt 200 ]; do sleep 0.1; n=$((n+1)); done
  kill -KILL $$
) 2>/dev/null &
exec 3<&-
exec "$@"
"""
_START_MAY_TAKE = 60.0  # seconds
_STOP_MAY_TAKE = 30.0
_LONGEST_PAUSE = 5.0
_HEALTHY_AFTER = 1.0


@dataclass(frozen=True, slots=True)
class Server:
    """What is to run: its command, where it logs, and how to see that it serves."""

    name: str
    setting: str
    command: tuple[str, ...]
    log: Path
    serves: Callable[[], bool]


class ServerProcess:
    """Runs one `Server`, from `launch` to `stop`; `supervise` restarts it when it dies."""

    def __init__(self, server: Server, lock: int) -> None:
        self._server = server
        self._lock = lock
        self._state = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._ready_at = math.inf
        self._stopping = threading.Event()
        self._supervisor: threading.Thread | None = None
        if server.log.exists():
            server.log.replace(server.log.with_suffix(".log.old"))

    @property
    def pid(self) -> int:
        """The server's process id; changes when it is restarted."""
        if self._process is None:
            raise EngineError(f"{self._server.name} has not been started.")
        return self._process.pid

    def launch(self) -> None:
        """Start the process, without waiting until it serves."""
        with self._state:
            if self._stopping.is_set():
                return
            with self._server.log.open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603
                    ["/bin/sh", "-c", _TIED_TO_OWNER, "sh", *self._server.command],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=self._lock,
                    start_new_session=True,
                    bufsize=0,
                )

    def wait_until_it_serves(self) -> None:
        """Return as soon as it does; raise `EngineError` if it ends or takes too long."""
        deadline = time.monotonic() + _START_MAY_TAKE
        while not self._server.serves():
            code = self._running().poll()
            if code is not None:
                server = self._server
                raise start_failure(server.name, server.setting, code, server.log)
            if time.monotonic() > deadline:
                raise EngineError(
                    f"{self._server.name} did not answer within {_START_MAY_TAKE:.0f} s: "
                    f"see {self._server.log}."
                )
            time.sleep(0.005)
        with self._state:
            self._starts += 1
            self._ready_at = time.monotonic()
            self._state.notify_all()

    def supervise(self) -> None:
        """From now on restart it whenever it dies, until `stop`."""
        self._supervisor = threading.Thread(
            target=self._keep_alive, name=f"{self._server.name} supervisor", daemon=True
        )
        self._supervisor.start()

    def restart(self) -> None:
        """End it and return when its successor serves."""
        with self._state:
            seen = self._starts
            self._running().terminate()
            if not self._state.wait_for(lambda: self._starts > seen, _START_MAY_TAKE):
                raise EngineError(f"{self._server.name} did not come back: see {self._server.log}.")

    def terminate(self) -> None:
        """Ask it to end, and not to come back; `stop` waits for it."""
        with self._state:
            self._stopping.set()
            if self._process is not None:
                self._process.terminate()

    def stop(self) -> None:
        """End it gracefully and wait until it is gone."""
        self.terminate()
        if self._process is None:
            return
        try:
            self._process.wait(_STOP_MAY_TAKE)
        except subprocess.TimeoutExpired:
            log.warning("%s ignored the request to stop; killing it", self._server.name)
            self._process.kill()
            self._process.wait()
        if self._supervisor is not None:
            self._supervisor.join()
        _dismiss_guard(self._process)

    def _keep_alive(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            process = self._running()
            code = process.wait()
            if self._stopping.is_set():
                return
            _dismiss_guard(process)
            log.warning(
                "%s (process %d) ended: %s; starting it again",
                self._server.name,
                process.pid,
                _how(code),
            )
            was_healthy = time.monotonic() - self._ready_at > _HEALTHY_AFTER
            failures = 0 if was_healthy else failures + 1
            if not self._stopping.wait(min(0.05 * failures**2, _LONGEST_PAUSE)):
                self._try_again()

    def _try_again(self) -> None:
        self._ready_at = math.inf
        try:
            self.launch()
            self.wait_until_it_serves()
        except (EngineError, OSError) as failure:
            if not self._stopping.is_set():
                log.error("%s", failure)
            self._running().kill()
        else:
            log.warning("%s serves again (process %d)", self._server.name, self.pid)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise EngineError(f"{self._server.name} has not been started.")
        return self._process


def _dismiss_guard(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None and not process.stdin.closed:
        with suppress(BrokenPipeError):
            process.stdin.write(b"\n")
        process.stdin.close()


def _how(code: int) -> str:
    return signal.strsignal(-code) or f"signal {-code}" if code < 0 else f"exit code {code}"
