"""Data that takes minutes to make: kept in `bench/.data`, with engines of its own, made once."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.processes import BenchError
from server.compose import Backend, backend
from server.engines import AlreadyRunning, Engines
from server.settings import Settings, read

DATA = Path(__file__).parent / ".data"
MARK = "made"
"""The file that tells that a folder is whole, and when it was made."""

Fill = Callable[[Backend], Awaitable[None]]


@contextmanager
def engines_on(name: str, fresh: timedelta | None = None) -> Iterator[tuple[Settings, Path]]:
    """Settings of a server on the engines of `bench/.data/name`; they end with the block.

    A folder that was not filled to the end, or is older than `fresh`, is begun anew. BenchError
    where another run uses it.
    """
    folder = DATA / name
    engines = Engines(folder)
    try:
        if not usable(folder, fresh):
            shutil.rmtree(folder, ignore_errors=True)
        urls = engines.start()
    except AlreadyRunning as error:
        raise BenchError(f"Another bench runs here. {error}") from None
    try:
        made = read({"DATA_DIR": str(folder), "PASSWORD_MEMORY_KIB": "8", "DEFAULT_PLAN": "AGENCY"})
        yield replace(made, mongodb_url=urls.mongodb, redis_url=urls.redis), folder
    finally:
        engines.stop()


def usable(folder: Path, fresh: timedelta | None) -> bool:
    """Whether it was filled to its end, and not too long ago."""
    mark = folder / MARK
    if not mark.exists():
        return False
    age = datetime.now(UTC) - datetime.fromisoformat(mark.read_text())
    return fresh is None or age < fresh


async def filled(made: Backend, folder: Path, fill: Fill) -> None:
    """Fill the engines, unless that was done."""
    await made.migrations().run()
    if not (folder / MARK).exists():
        await fill(made)
        (folder / MARK).write_text(datetime.now(UTC).isoformat())


__all__ = ["DATA", "backend", "engines_on", "filled"]
