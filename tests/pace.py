"""Seconds as a test had them, so that a promise of seconds holds on a busy machine, too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

STEP = 0.01


class Pace:
    """How long it has been, in seconds of an event loop that is served when it wants to be.

    Counted in steps. One that took longer than it should, since the machine did something else,
    counts as a step and what this thread computed in it: a loop that is blocked is not excused.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    async def count(self) -> None:
        """Count on, until cancelled."""
        while True:
            began, computed = time.monotonic(), time.thread_time()
            await asyncio.sleep(STEP)
            computed = time.thread_time() - computed
            self.seconds += min(time.monotonic() - began, STEP + computed)


@asynccontextmanager
async def paced() -> AsyncIterator[Pace]:
    """Counts for as long as the block."""
    pace = Pace()
    counting = asyncio.create_task(pace.count())
    try:
        yield pace
    finally:
        counting.cancel()
        await asyncio.wait({counting})
