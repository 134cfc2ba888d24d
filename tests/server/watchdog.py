"""How long each step of an event loop takes: the CPU that its thread spends in one callback.

Not the clock: on a machine that does other things a step lasts as long as it is kept waiting.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Steps:
    """The longest step so far, in seconds of CPU, and what it ran."""

    longest: float = 0.0
    what: str = ""


@contextmanager
def watched() -> Iterator[Steps]:
    """Measures every step of the loops of this thread, for as long as the block.

    Garbage waits: the heap of a run of tests is many times that of a server, which freezes its own.
    """
    steps = Steps()
    run: Callable[[asyncio.Handle], None] = asyncio.Handle._run

    def measured(self: asyncio.Handle) -> None:
        began = time.thread_time()
        run(self)
        took = time.thread_time() - began
        if took > steps.longest:
            steps.longest, steps.what = took, repr(self)[:300]

    gc.disable()
    asyncio.Handle._run = measured  # type: ignore[method-assign]
    try:
        yield steps
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign, assignment]
        gc.enable()
