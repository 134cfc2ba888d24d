"""`brandgraph` without its start: a process that has imported it, and forks a command a line.

Most of a second of each command is imports. Where its start is not what a test is about, it is
forked; all that it does after is the same: the environment is read, and its arguments, by `main`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import server.cli
import server.light
import server.metrics
import server.one_process
import server.processes
import server.side_door
import server.worker


def main() -> None:
    """Fork a command a line, until the end of input."""
    gc.freeze()
    signal.signal(signal.SIGCHLD, reap)
    with os.fdopen(0, "rb", buffering=0, closefd=False) as lines:
        while line := lines.readline():
            if os.fork() == 0:
                keep(json.loads(line))


def reap(*_: object) -> None:
    """Take leave of those who kept a command that has ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def keep(order: dict[str, Any]) -> NoReturn:
    """Fork the command, and write its exit code down when it has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        become(order["arguments"], order["folder"], order["environ"], order["heard"])
    _, status = os.waitpid(pid, 0)
    ended = Path(order["ended"])
    written = ended.with_suffix(".being-written")
    written.write_text(str(os.waitstatus_to_exitcode(status)))
    written.rename(ended)
    os._exit(0)


def become(
    arguments: Sequence[str], folder: str, environ: Mapping[str, str], heard: str
) -> NoReturn:
    """Be the command: in a session of its own, which it tells, and with nothing else inherited."""
    os.setsid()
    os.write(1, b"%d\n" % os.getpid())
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(heard, os.O_WRONLY)
    for descriptor, place in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, place)
    importlib.reload(server.light)  # it has put something into the environment
    sys.argv = ["brandgraph", *arguments]
    server.cli.main()
    raise AssertionError("a command ends with its exit code")


if __name__ == "__main__":
    main()
