"""Tasks that run until they are told to end."""

from __future__ import annotations

import asyncio

PATIENCE = 0.5


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel them and return when they are done; what they raise is theirs.

    A cancellation can get lost where a call times out at the same moment, so it is repeated.
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=PATIENCE)
    await asyncio.gather(*tasks, return_exceptions=True)
