"""Servers of the bench end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bench.processes import BenchError, Process, accepts

ROOT = Path(__file__).parents[2]
SERVE = "import http.server, os; http.server.test(port=int(os.environ['PORT']))"
OWNER = f"""
import sys, time
from pathlib import Path
from bench.processes import Process
process = Process("site", [sys.executable, "-c", {SERVE!r}], {{}}, Path(sys.argv[1]))
process.start()
print(process.pid, process.port, flush=True)
time.sleep(60)
"""


def until(reached: Callable[[], bool], seconds: float = 10) -> None:
    """Return once it is so."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether that process runs."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_a_server_listens_once_it_is_started_and_is_gone_once_stopped(tmp_path: Path) -> None:
    """Its processor time and its memory can be read meanwhile."""
    process = Process("site", [sys.executable, "-c", SERVE], {}, tmp_path)
    process.start()
    pid = process.pid
    assert accepts(process.port)
    assert process.cpu_seconds() > 0
    assert process.resident_kib() > 1_000
    process.stop()
    assert not alive(pid)
    process.stop()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """Its last words are shown."""
    failing = Process("site", [sys.executable, "-c", "raise SystemExit('no way')"], {}, tmp_path)
    with pytest.raises(BenchError, match="no way"):
        failing.start()


def test_a_server_ends_when_the_bench_is_killed(tmp_path: Path) -> None:
    """kill -9 leaves no time to clean up."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert owner.stdout is not None
    pid, port = map(int, owner.stdout.readline().split())
    assert accepts(port)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    until(lambda: not accepts(port))
    until(lambda: not alive(pid))
