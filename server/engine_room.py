"""Engines for a command: those of the settings, those that run already, or embedded ones."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from server.engine_failures import unusable
from server.engines import AlreadyRunning, EngineError, Engines, EngineUrls, running
from server.settings import Settings

Progress = Callable[[str], None]


class NobodyServes(EngineError):
    """A worker was started where no server runs whose engines it could join."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"No server runs on {data.resolve()}: start `brandgraph serve` first, or set "
            "MONGODB_URL and REDIS_URL."
        )


@contextmanager
def starting(settings: Settings, progress: Progress) -> Iterator[Callable[[], Settings]]:
    """Embedded engines for the length of a block, started while the block goes on.

    Call what is given to wait for them: it returns the settings with all URLs set, or raises
    EngineError (AlreadyRunning where another process has engines on the same folder).
    """
    mongod, valkey = settings.embedded
    if not (mongod or valkey):
        yield lambda: settings
        return
    engines = Engines(settings.data_dir, mongod=mongod, valkey=valkey)
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(engines.start, progress)
        try:
            yield lambda: filled(settings, started.result())
        finally:
            pool.shutdown()
            engines.stop()


@contextmanager
def owned(settings: Settings, progress: Progress) -> Iterator[Settings]:
    """As `starting`, having waited."""
    with starting(settings, progress) as ready:
        yield ready()


@contextmanager
def joined(settings: Settings, progress: Progress) -> Iterator[Settings]:
    """As `owned`, but the engines of a server that runs on the same folder are used as they are.

    Blocks that have embedded engines run one after the other: none takes another's away.
    """
    with ExitStack() as stack:
        urls = None
        if any(settings.embedded):
            stack.enter_context(turn(settings.data_dir))
        while any(settings.embedded) and (urls := running(settings.data_dir)) is None:
            try:
                settings = stack.enter_context(owned(settings, progress))
            except AlreadyRunning:
                continue  # a server was faster: use its engines
        yield filled(settings, urls) if urls else settings


@contextmanager
def turn(data: Path) -> Iterator[None]:
    """A turn on a data folder, awaited while another process has it."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (data / "turn.lock").open("w")
    except OSError as failure:
        raise unusable(data, failure) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def shared(settings: Settings, progress: Progress, patience: float = 30) -> Settings:
    """The settings with the URLs of the server that runs on the same folder, awaited if need be.

    Raises NobodyServes after `patience` seconds.
    """
    if not any(settings.embedded):
        return settings
    deadline = time.monotonic() + patience
    told = False
    while (urls := running(settings.data_dir)) is None:
        if time.monotonic() > deadline:
            raise NobodyServes(settings.data_dir)
        if not told:
            progress(f"Waiting for a server on {settings.data_dir.resolve()}")
        told = True
        time.sleep(0.1)
    return filled(settings, urls)


def filled(settings: Settings, urls: EngineUrls) -> Settings:
    """The settings, with the addresses of embedded engines where there were none."""
    return replace(
        settings,
        mongodb_url=settings.mongodb_url or urls.mongodb,
        redis_url=settings.redis_url or urls.redis,
    )
