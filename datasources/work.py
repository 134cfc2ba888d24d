"""What a worker does, and how it goes about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

Work = Callable[..., Awaitable[None]]
JobSeen = Callable[[str, str, float], None]
"""Is told the task of a job, `OK` or the code of what it raised, and the seconds it took."""


def unseen(task: str, code: str, seconds: float) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker does for jobs of one name: `run` with the job's arguments.

    `give_up`, with the same arguments, is called once for a job that will not be tried again.
    """

    run: Work
    give_up: Work | None = None


@dataclass(frozen=True, slots=True)
class Recurring:
    """Work that some worker does every so often.

    First a few seconds after a worker has started: until then it has people to answer, and their
    jobs to do. `at_once` is for what these have to wait for.
    """

    run: Callable[[], Awaitable[object]]
    every: timedelta
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How a worker goes about it.

    `lease` is how long a silent worker keeps its jobs, `redeliveries` how many workers a job may
    take down, `failures` how often it may raise. `grace` is what running jobs get to finish in
    when the worker is told to stop; then they are released, for another to do again.
    """

    concurrency: int = 10
    lease: timedelta = timedelta(seconds=30)
    check: timedelta = timedelta(milliseconds=50)
    reconnect: timedelta = timedelta(seconds=1)
    redeliveries: int = 20
    failures: int = 20
    grace: timedelta = timedelta(seconds=10)
