"""What a kind of job is: a handler that works, tells how far it is, and says what to keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from datasources.tracked_jobs import TrackedJob

Result = Mapping[str, Any]
"""What came of a job, as JSON holds it: ids above all."""


class Attempt(Protocol):
    """One attempt at a job, as its handler sees it."""

    job: TrackedJob
    cost: int
    """What the job has cost, in millionths of a US dollar: known when its outcome is kept."""

    async def stage(self, name: str, progress: float) -> None:
        """Say what is being done now, and how far that is, from 0 to 1.

        It is told to those who follow the job, and kept, once it has lasted for a moment.
        The handler is cancelled where nobody waits for it any more.
        """
        ...

    def said(self, text: str) -> None:
        """Tell those who follow the job what has been written so far: all of it, each time."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A job that is done, but for writing it down.

    `keep` makes all lasting changes. It runs in the transaction that ends the job, so they happen
    once and whole, or not at all; it may run more than once when transactions collide.
    """

    keep: Callable[[], Awaitable[Result]]


Handler = Callable[[Attempt], Awaitable[Outcome]]
"""Does one kind of job. A failure with a code ends the job; another exception is tried again."""
