"""A thread for what takes long: the interpreter takes turns, so the loop goes on meanwhile.

Pure Python that runs beside the loop costs others some milliseconds at a time, not all at once.
"""

from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


class Beside:
    """One thread: what is long waits for what is long, and for nothing else."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "beside")

    async def run(self, call: Callable[[], T]) -> T:
        """What a call returns or raises."""
        loop, context = get_running_loop(), copy_context()
        return await loop.run_in_executor(self._thread, lambda: context.run(call))
