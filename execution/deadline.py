"""The time an execution may take."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from execution import codes
from execution.errors import RequestRejected, failure

T = TypeVar("T")


class DeadlineExceeded(RequestRejected):
    """The work took longer than it may, and was cancelled."""

    def __init__(self, seconds: float) -> None:
        message = f"The operation took longer than {seconds:g} seconds. Ask for less at once."
        super().__init__([failure(message, codes.DEADLINE_EXCEEDED)])


async def within(seconds: float, work: Awaitable[T]) -> T:
    """Awaits the work, or cancels it after so many seconds and raises DeadlineExceeded."""
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            return await work
    except TimeoutError:
        if not deadline.expired():
            raise
    raise DeadlineExceeded(seconds)


def being_cancelled() -> bool:
    """Whether a CancelledError is meant for this task, and not for something it waited on."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
