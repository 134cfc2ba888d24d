"""The servers that are measured: each one process, which ends when we do, however we end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

# The shell becomes the server; what it leaves behind waits for the end of a pipe that only we
# hold, and kills the server then.
TIED = """
exec 3<&0 </dev/null
( read -r _ <&3; kill -KILL $$ ) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
"""
START_MAY_TAKE = 30.0
STOP_MAY_TAKE = 15.0


class BenchError(Exception):
    """Why nothing can be measured, in a sentence or two."""


class Process:
    """A server of the bench, from `start` to `stop`. It listens on `port` of the loopback."""

    def __init__(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self.port = free_port()
        self.log = folder / f"{name.replace(' ', '-')}.log"
        self._command = command
        self._environ = {**os.environ, **environ, "PORT": str(self.port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it accepts connections; BenchError with its last words where it ends."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", TIED, "sh", *self._command],
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_MAY_TAKE
        while not accepts(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise BenchError(f"{self.name} does not start:\n{tail(self.log)}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it, gracefully where it is willing to."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_MAY_TAKE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what waits for the pipe
        if process.stdin is not None:
            process.stdin.close()

    @property
    def pid(self) -> int:
        """Its process id."""
        if self._process is None:
            raise BenchError(f"{self.name} does not run.")
        return self._process.pid

    def cpu_seconds(self) -> float:
        """The processor's time that it has used so far, 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_kib(self) -> int:
        """The memory that it occupies, in KiB."""
        with suppress(FileNotFoundError):
            for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, text=True, check=True
        )
        return int(told.stdout)


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
