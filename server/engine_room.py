"""Engines for a command: those of the settings, those that run already, or embedded ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from server.engines import Engines, running
from server.settings import Settings


@contextmanager
def owned(settings: Settings, progress: Callable[[str], None]) -> Iterator[Settings]:
    """The settings with all URLs set; engines started here are stopped at the end of the block.

    Raises AlreadyRunning where another process has engines on the same folder.
    """
    mongod, valkey = settings.embedded
    if not (mongod or valkey):
        yield settings
        return
    engines = Engines(settings.data_dir, mongod=mongod, valkey=valkey)
    urls = engines.start(progress)
    try:
        yield replace(
            settings,
            mongodb_url=settings.mongodb_url or urls.mongodb,
            redis_url=settings.redis_url or urls.redis,
        )
    finally:
        engines.stop()


@contextmanager
def joined(settings: Settings, progress: Callable[[str], None]) -> Iterator[Settings]:
    """As `owned`, but the engines of a server that runs on the same folder are used as they are."""
    urls = running(settings.data_dir) if any(settings.embedded) else None
    if urls is None:
        with owned(settings, progress) as complete:
            yield complete
        return
    yield replace(
        settings,
        mongodb_url=settings.mongodb_url or urls.mongodb,
        redis_url=settings.redis_url or urls.redis,
    )
