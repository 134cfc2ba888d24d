"""`brandgraph` as an operator meets it: processes of its own, with an environment of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

EXECUTABLE = Path(sys.executable).with_name("brandgraph")
ROOT = Path(__file__).parents[2]
PATIENCE = 40.0


class Process(Protocol):
    """What is asked of a process, as `subprocess` has it."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, if it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended."""

    def send_signal(self, sig: int) -> None:
        """Tell it something, if it runs."""


class Command:
    """A running `brandgraph`, and what it has said so far on both of its streams."""

    def __init__(self, process: Process, heard: Path) -> None:
        self.process = process
        self._heard = heard

    @property
    def said(self) -> str:
        """Everything that it printed."""
        return self._heard.read_text()

    @property
    def url(self) -> str:
        """Where it serves, once it says so."""
        found = re.search(r"GraphQL +(http://\S+)/graphql", self.hear("Ctrl-C stops it"))
        assert found, self.said
        return found[1]

    def hear(self, words: str) -> str:
        """Wait until it has said these words; all that it has said."""

        def heard() -> bool:
            assert words in self.said or self.process.poll() is None, self.said
            return words in self.said

        until(heard, lambda: self.said)
        return self.said

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(by)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; its exit code."""
        return self.process.wait(PATIENCE)


def bare(folder: Path) -> dict[str, str]:
    """What a fresh machine's environment holds, and settings for a folder of one's own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATA_DIR": "data",
        "PORT": "0",
        "LOG_FORMAT": "text",
        "PASSWORD_MEMORY_KIB": "8",
        "PASSWORD_ROUNDS": "1",
        "RATE_LIMITS": "anonymous:100000,free:100000",
    }


def paper(folder: Path) -> Path:
    """An empty file for what a command says."""
    heard = folder / f"heard-{time.monotonic_ns()}"
    heard.touch()
    return heard


@contextmanager
def running(folder: Path, *arguments: str, **settings: str) -> Iterator[Command]:
    """A command that is killed at the end of the block, if it still runs then."""
    heard = paper(folder)
    with heard.open("wb") as output:
        process = subprocess.Popen(
            [str(EXECUTABLE), *arguments],
            cwd=folder,
            env={**bare(folder), **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with killed_at_the_end(process):
        yield Command(process, heard)


@contextmanager
def killed_at_the_end(process: Process) -> Iterator[None]:
    """What nobody has ended does not outlive the block."""
    try:
        yield
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)


@dataclass
class Forked:
    """A process of the zygote's. Whoever waits for it writes down how it ended."""

    pid: int
    ended: Path

    def poll(self) -> int | None:
        """Its exit code, if it has ended."""
        return int(self.ended.read_text()) if self.ended.exists() else None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended."""
        until(lambda: self.poll() is not None, within=timeout or PATIENCE)
        return int(self.ended.read_text())

    def send_signal(self, sig: int) -> None:
        """Tell it something, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, sig)


class Zygote:
    """Starts commands that have imported everything before; see `zygote`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @contextmanager
    def __call__(self, folder: Path, *arguments: str, **settings: str) -> Iterator[Command]:
        """A command, as `running` has it, without the time that its start takes."""
        heard = paper(folder)
        ended = heard.with_suffix(".ended")
        order = {
            "arguments": arguments,
            "folder": str(folder),
            "environ": {**bare(folder), **settings},
            "heard": str(heard),
            "ended": str(ended),
        }
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        forked = Forked(int(self._process.stdout.readline()), ended)
        with killed_at_the_end(forked):
            yield Command(forked, heard)


@contextmanager
def zygote() -> Iterator[Zygote]:
    """A zygote that lives as long as the block."""
    arguments = [sys.executable, "-m", "tests.server.zygote"]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
        yield Zygote(process)


def until(
    condition: Callable[[], bool],
    story: Callable[[], str] = lambda: "",
    within: float = PATIENCE,
) -> None:
    """Wait until the condition holds; fail with the story if it does not in so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, story()
        time.sleep(0.02)


def one_sentence(said: str) -> str:
    """What was said, which is a line that ends as a sentence does."""
    assert said.count("\n") == 1, said
    assert said.endswith(".\n"), said
    return said.strip()
