"""The search index on one machine: SQLite with sqlite-vec and FTS5, a file a tenant.

A file of its own makes a tenant's search see, and cost, only what is the tenant's; it keeps the
statistics of words apart, and makes forgetting the removal of a file.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from datasources.topic_rows import TOPICS, nearest, replace
from datasources.topic_vectors import TopicVector
from datasources.vector_rows import SCHEMA, matching, near, put, remove, spoken, vector_of
from datasources.vectors import MOST, Entry, Hit, Narrowed, by_tenant, plain, together

if TYPE_CHECKING:
    import apsw

R = TypeVar("R")

KEPT_OPEN = 64
PATIENCE = 5_000


class VectorFiles:
    """A `VectorStore` in a folder. Several processes of one machine may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: dict[Path, list[apsw.Connection]] = {}
        self._lock = threading.Lock()
        self._writing = asyncio.Lock()  # one at a time: waiting in SQLite is polling
        self.topics = TopicFiles(self)

    async def drop(self, generation: str) -> None:
        """Remove the folder."""
        folder = self.folder_of(generation)
        self._close(lambda path: path.parent == folder)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def put(self, generation: str, dimension: int, entries: Sequence[Entry]) -> None:
        """One transaction a tenant."""
        schema = SCHEMA.format(dimension=dimension)
        for tenant, own in by_tenant(entries).items():
            await self.write(self._path(generation, tenant), put, own, schema=schema)

    async def remove(self, generation: str, tenant: str, ids: Sequence[str]) -> None:
        """Where there is no file there is nothing to forget."""
        await self.write(self._path(generation, tenant), remove, ids)

    async def forget(self, generation: str, tenant: str) -> None:
        """Remove the file. What another process has still open goes when it closes it."""
        path = self._path(generation, tenant)
        self._close(lambda each: each == path)

        def unlink() -> None:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)

        await asyncio.to_thread(unlink)

    async def words(
        self, generation: str, tenant: str, text: str, narrowed: Narrowed, limit: int
    ) -> Sequence[Hit]:
        """By FTS5."""
        none: list[Hit] = []
        return await self.ask(self._path(generation, tenant), none, matching, text, narrowed, limit)

    async def near(
        self,
        generation: str,
        tenant: str,
        vector: Sequence[float],
        narrowed: Narrowed,
        limit: int,
    ) -> Sequence[Hit]:
        """By sqlite-vec, exactly."""
        none: list[Hit] = []
        return await self.ask(self._path(generation, tenant), none, near, vector, narrowed, limit)

    async def both(
        self,
        generation: str,
        tenant: str,
        text: str,
        vector: Sequence[float],
        narrowed: Narrowed,
        limit: int,
    ) -> Sequence[Hit]:
        """Both at once, each on a connection of its own."""
        path = self._path(generation, tenant)
        none: Sequence[Hit] = []
        silent: tuple[Sequence[Hit], Sequence[Hit]] = ([], [])
        (sure, loose), alike = await asyncio.gather(
            self.ask(path, silent, spoken, text, narrowed),
            self.ask(path, none, near, vector, narrowed, MOST),
        )
        return together(sure, alike, loose, limit)

    async def vector(self, generation: str, tenant: str, id: str) -> Sequence[float] | None:
        """The mean of its passages."""
        return await self.ask(self._path(generation, tenant), None, vector_of, id)

    async def close(self) -> None:
        """Close what is open and idle."""
        self._close(lambda _: True)

    async def write(
        self, path: Path, work: Callable[..., None], *arguments: object, schema: str | None = None
    ) -> None:
        """Do the work on a file when it is its turn."""
        async with self._writing:
            await self.ask(path, None, work, *arguments, schema=schema)

    async def ask(
        self,
        path: Path,
        nothing: R,
        work: Callable[..., R],
        *arguments: object,
        schema: str | None = None,
    ) -> R:
        """Do the work on a file in a thread, on a connection of its own.

        A file that is not there is made if there is a `schema`, else the answer is `nothing`.
        """

        def run() -> R:
            if not path.exists():
                if schema is None:
                    return nothing
                make(path, schema)
            with self._connection(path) as connection:
                return work(connection, *arguments)

        return await asyncio.to_thread(run)

    @contextmanager
    def _connection(self, path: Path) -> Iterator[apsw.Connection]:
        """A connection that nobody else uses meanwhile; kept for the next, if all went well."""
        with self._lock:
            idle = self._idle.pop(path, [])
            made = idle.pop() if idle else None
            if idle:
                self._idle[path] = idle
        connection = made or opened(path)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.setdefault(path, []).append(connection)
            oldest = [next(iter(self._idle))] if len(self._idle) > KEPT_OPEN else []
        # A file that another process has forgotten stays on the disk while it is open here.
        self._close(lambda each: each in oldest or not each.exists())

    def _close(self, fits: Callable[[Path], bool]) -> None:
        with self._lock:
            gone = [self._idle.pop(path) for path in list(self._idle) if fits(path)]
        for connections in gone:
            for connection in connections:
                connection.close()

    def folder_of(self, generation: str) -> Path:
        """Where a generation's files are."""
        return self._folder / plain(generation)

    def _path(self, generation: str, tenant: str) -> Path:
        return self.folder_of(generation) / f"{plain(tenant)}.db"


class TopicFiles:
    """`TopicVectors` in a file that all tenants share. No tenant's own file can have its name."""

    def __init__(self, files: VectorFiles) -> None:
        self._files = files

    async def put(
        self, generation: str, dimension: int, reader: str, topics: Sequence[TopicVector]
    ) -> None:
        """One transaction."""
        schema = TOPICS.format(dimension=dimension)
        await self._files.write(self._path(generation), replace, reader, topics, schema=schema)

    async def forget(self, generation: str, reader: str) -> None:
        """Where there is no file there is nothing to forget."""
        await self._files.write(self._path(generation), replace, reader, [])

    async def near(
        self, generation: str, reader: str, vector: Sequence[float], limit: int
    ) -> Sequence[Hit]:
        """By sqlite-vec, exactly."""
        none: list[Hit] = []
        return await self._files.ask(self._path(generation), none, nearest, reader, vector, limit)

    def _path(self, generation: str) -> Path:
        return self._files.folder_of(generation) / "topics.shared.db"


def opened(path: Path) -> apsw.Connection:
    """A connection to that file."""
    import apsw
    import sqlite_vec

    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(PATIENCE)
    connection.transaction_mode = "IMMEDIATE"  # to wait for its turn, it has to ask at once
    # What a crash of the machine takes with it is written again by `brandgraph reindex`.
    connection.execute("pragma synchronous = normal")
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.enable_load_extension(False)
    return connection


def make(path: Path, schema: str) -> None:
    """Make the file with its tables, unless another process was faster: nobody sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f"{path.name}.{uuid4().hex}")
    connection = opened(half)
    connection.execute("pragma journal_mode = wal")
    connection.execute(schema)
    connection.close()
    with suppress(FileExistsError):
        path.hardlink_to(half)
    half.unlink()
