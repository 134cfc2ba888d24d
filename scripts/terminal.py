"""How long work is shown: a line that moves on a terminal, a line at its end elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType


def say(line: str) -> None:
    """Tell whoever started this."""
    print(line, file=sys.stderr, flush=True)


class Steps:
    """A piece of work of about `count` steps, as a context."""

    def __init__(self, title: str, count: int = 0) -> None:
        self._title = title
        self._count = count
        self._done = 0
        self._began = time.monotonic()
        self._moving = sys.stderr.isatty()

    def __enter__(self) -> Steps:
        if not self._moving:
            say(f"{self._title} …")
        self.next("")
        self._done = 0
        return self

    def next(self, name: str) -> None:
        """One step more, and what it is about."""
        self._done += 1
        if self._moving:
            of = f" {min(self._done, self._count)}/{self._count}" if self._count > 1 else ""
            line = f"{self._title} …{of} {name}"[: shutil.get_terminal_size().columns - 1]
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        took = f"{time.monotonic() - self._began:.0f} s"
        clear = "\r\x1b[K" if self._moving else ""
        say(f"{clear}{self._title}: {'stopped' if kind else 'done'} after {took}")
