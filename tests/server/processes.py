"""`brandgraph` as an operator meets it: processes of its own, with an environment of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EXECUTABLE = Path(sys.executable).with_name("brandgraph")
PATIENCE = 40.0


class Command:
    """A running `brandgraph`, and what it has said so far on both of its streams."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        self._heard = folder / f"heard-{time.monotonic_ns()}"
        with self._heard.open("wb") as output:
            self.process = subprocess.Popen(
                [str(EXECUTABLE), *arguments],
                cwd=folder,
                env={**bare(folder), **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

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


@contextmanager
def running(folder: Path, *arguments: str, **settings: str) -> Iterator[Command]:
    """A command that is killed at the end of the block, if it still runs then."""
    command = Command(folder, *arguments, **settings)
    try:
        yield command
    finally:
        if command.process.poll() is None:
            os.killpg(command.process.pid, signal.SIGKILL)
            command.process.wait()


def until(condition: Callable[[], bool], story: Callable[[], str] = lambda: "") -> None:
    """Wait until the condition holds; fail with the story if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, story()
        time.sleep(0.02)


def one_sentence(said: str) -> str:
    """What was said, which is a line that ends as a sentence does."""
    assert said.count("\n") == 1, said
    assert said.endswith(".\n"), said
    return said.strip()
