"""The parent of `serve --workers`: starts the processes, replaces what dies, and stops them all.

They accept from one socket that the parent opened, so a process that dies takes no connection
with it that it had not accepted yet. The parent serves nothing and holds the embedded engines.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from server.serving import STOPPING
from server.setting_types import SettingError
from server.settings import Settings
from server.siblings import Siblings

HEALTHY = 10.0
"""Seconds after which a process that dies is replaced at once."""
LONGEST_PAUSE = 10.0
FIRST_PAUSE = 0.1
DRAINED = 40.0
"""Seconds after which what does not end by itself is killed."""

STOP = frozenset({signal.SIGINT, signal.SIGTERM})


@dataclass(slots=True)
class Place:
    """One of the processes: who has it now, and when the next is started if nobody has."""

    process: SpawnProcess | None = None
    pipe: Connection | None = None
    ready: bool = False
    started: float = 0.0
    failures: int = 0
    due: float = 0.0


def serve_in_processes(
    settings: Settings,
    opened: socket.socket,
    *,
    ready: Callable[[], None],
    tell: Callable[[str], None],
) -> bool:
    """Serve in as many processes as the settings say. Whether it came to that."""
    return Processes(settings, opened, ready=ready, tell=tell).run()


def child(
    settings: Settings, opened: socket.socket, siblings: Siblings, parent: Connection
) -> None:
    """What runs in a process: imported there, since the parent needs nothing of it."""
    from server.one_process import serve_one

    serve_one(settings, opened, siblings, parent)


class Processes:
    """Run `count` processes on `opened`.

    `ready` is called when all serve for the first time, `tell` with a line when one is replaced
    and when they are told to end.
    """

    def __init__(
        self,
        settings: Settings,
        opened: socket.socket,
        *,
        ready: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._opened = opened
        self._ready = ready
        self._tell = tell
        self._context = multiprocessing.get_context("spawn")
        self._places = [Place() for _ in range(settings.processes)]
        self._announced = False
        self._refused = ""
        self._told_to_stop = 0

    def run(self) -> bool:
        """Until told to stop. Whether they ever served.

        Raises SettingError where a process finds that a setting is of no use.
        """
        with tempfile.TemporaryDirectory(prefix="brandgraph-") as folder, self._signals() as woken:
            try:
                while not self._told_to_stop:
                    self._begin(Path(folder))
                    self._hear(woken, self._pause())
                self._end(woken)
            finally:
                for place in self._places:
                    if place.process is not None:
                        place.process.kill()
                        place.process.join()
        if self._refused and not self._announced:
            raise SettingError(self._refused)
        return self._announced

    def _begin(self, folder: Path) -> None:
        """Start what is missing and due."""
        for number, place in enumerate(self._places):
            if place.process is None and place.due <= time.monotonic():
                siblings = Siblings(folder, number, len(self._places))
                place.pipe, theirs = self._context.Pipe()
                place.process = self._context.Process(
                    target=child, args=(self._settings, self._opened, siblings, theirs)
                )
                place.process.start()
                theirs.close()
                place.started, place.ready = time.monotonic(), False

    def _hear(self, woken: socket.socket, pause: float | None) -> None:
        """Wait for news, so many seconds at most: one is ready, one has died, a signal came."""
        awaited: list[Connection | socket.socket | int] = [woken]
        for place in self._places:
            if place.process is not None:
                awaited.append(place.process.sentinel)
                if place.pipe is not None and not place.ready:
                    awaited.append(place.pipe)
        news = wait(awaited, pause)
        if woken in news:
            woken.recv(64)
        for number, place in enumerate(self._places):
            if place.pipe in news:
                self._heard(place)
            if place.process is not None and place.process.sentinel in news:
                self._lost(number, place)

    def _pause(self) -> float | None:
        """How long until one is to be started; None where none is missing."""
        due = [place.due for place in self._places if place.process is None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _heard(self, place: Place) -> None:
        try:
            said = place.pipe.recv() if place.pipe is not None else False
        except (EOFError, OSError):
            return  # it has died: its sentinel says so too
        if isinstance(said, str):
            self._refused = said
            return
        place.ready = said
        if not self._announced and all(each.ready for each in self._places):
            self._announced = True
            self._ready()

    def _lost(self, number: int, place: Place) -> None:
        assert place.process is not None  # noqa: S101 - it has just ended
        place.process.join()
        code = place.process.exitcode
        lived = time.monotonic() - place.started
        if place.pipe is not None:
            place.pipe.close()
        place.process = place.pipe = None
        if self._told_to_stop:
            return
        if not self._announced:
            self._told_to_stop = 1  # what fails at the start would fail again
            return
        place.failures = 0 if lived > HEALTHY else place.failures + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**place.failures) if place.failures else 0.0
        place.due = time.monotonic() + pause
        self._tell(f"Process {number} has ended ({ending(code)}): another takes its place.")

    def _end(self, woken: socket.socket) -> None:
        """Let them finish what they do; a second signal is handed on, and they stop at once."""
        if self._announced:
            self._tell(STOPPING)
        deadline, told = time.monotonic() + DRAINED, 0
        while any(place.process for place in self._places):
            while told < self._told_to_stop:
                self._signal(signal.SIGINT if told else signal.SIGTERM)
                told += 1
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._hear(woken, left)

    def _signal(self, by: signal.Signals) -> None:
        for place in self._places:
            pid = place.process.pid if place.process is not None else None
            if pid is not None:
                os.kill(pid, by if place.ready else signal.SIGKILL)

    @contextmanager
    def _signals(self) -> Iterator[socket.socket]:
        """The first SIGINT or SIGTERM drains, the second stops at once. Each wakes who waits."""
        woken, waker = socket.socketpair()
        woken.setblocking(False)
        waker.setblocking(False)

        def handle(_: int, __: object) -> None:
            self._told_to_stop += 1

        before = {each: signal.signal(each, handle) for each in STOP}
        wakeup = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            with woken, waker:
                yield woken
        finally:
            signal.set_wakeup_fd(wakeup)
            for each, handler in before.items():
                signal.signal(each, handler)


def ending(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
