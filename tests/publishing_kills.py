"""Publishing under kill -9: the processes, the kills, and the count of what came of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datasources.feed import entry_id
from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.targets import PublishState
from server.engines import Engines
from tests.publishing_world import EDITOR, World, open_world, populate, until

NAME = "kills"
NOBODY = 2**22 + 1  # no process has this id
ROOT = Path(__file__).parent.parent


@dataclass
class Process:
    """A helper process that answers a line with a line."""

    process: asyncio.subprocess.Process

    async def ask(self, line: object) -> Any:
        """One line there, one line back, both JSON."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(line)}\n".encode())
        return await self.answer()

    async def answer(self) -> Any:
        """The next line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            return json.loads(await self.process.stdout.readline())


@dataclass
class Siege:
    """The two processes, the engines below them, and what was published so far."""

    engines: Engines
    world: World
    api: Process
    zygote: Process
    targets: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    worker: int = NOBODY

    async def publish(self, count: int = 1) -> str:
        """Have the API publish so many; the last target."""
        self.targets += await self.api.ask(count)
        return self.targets[-1]

    async def start_worker(self, **plan: object) -> None:
        """Another worker, to die as planned."""
        self.worker = await self.zygote.ask({"die": "", "step": 0, "target": "", **plan})

    async def worker_dies(self, how: str) -> bool:
        """Wait until the worker has killed itself; False if the target was out before that."""
        target = self.targets[-1]
        async with asyncio.timeout(60):
            while alive(self.worker):
                out = (await self.world.target(target)).state is PublishState.PUBLISHED
                if out and how not in ("ack", "succeeded"):
                    return False
                await asyncio.sleep(0.005)
        self.kills[how] += 1
        return True

    def kill_worker(self) -> None:
        """kill -9, now."""
        os.kill(self.worker, signal.SIGKILL)
        self.kills["worker, at random"] += 1

    def end_worker(self) -> None:
        """End the last one, which holds the zygote's output open, if it lives."""
        with suppress(ProcessLookupError):
            os.kill(self.worker, signal.SIGKILL)

    async def kill_engine(self, name: str, pid: Callable[[], int]) -> None:
        """kill -9, and wait until its successor serves."""
        os.kill(pid(), signal.SIGKILL)
        self.kills[name] += 1
        await until(self._both_answer, 30)
        await hasten(self.world.mongo)

    async def kill_mongod(self) -> None:
        """kill -9 of the database."""
        await self.kill_engine("mongod", lambda: self.engines.mongod_pid)

    async def kill_valkey(self) -> None:
        """kill -9 of Valkey."""
        await self.kill_engine("Valkey", lambda: self.engines.valkey_pid)

    async def _both_answer(self) -> bool:
        with suppress(Exception):
            await self.world.mongo.ping()
            await self.world.redis.ping()
            return True
        return False

    async def _all_told(self) -> bool:
        return await self.world.outbox.count({"relayed_at": None}, limit=1) == 0

    async def commands(self) -> list[str]:
        """The database commands of one publication, by running one that nobody disturbs."""
        target = await self.publish()
        await self.start_worker(target=target, list=True)
        names: list[str] = await self.zygote.answer()
        await self.world.settled([target])
        os.kill(self.worker, signal.SIGKILL)
        return names

    async def finish(self) -> None:
        """Wait until all is out and all is told, with the worker that lives, or a new one."""
        if not alive(self.worker):
            await self.start_worker()
        await self.world.settled(self.targets, within=120)
        await until(self._all_told, 60)

    async def check(self) -> str:
        """Assert that each is out once, in the feed once, and told once; the figures."""
        found = [await self.world.target(id) for id in self.targets]
        assert {target.state for target in found} == {PublishState.PUBLISHED}
        entries = await self.world.entries.find({})
        assert sorted(e.id for e in entries) == sorted(entry_id(id) for id in self.targets)
        told = Counter(id for event in await self._stream() for id in event["data"]["targets"])
        assert told == Counter(self.targets)
        tries = Counter(len(target.attempts) for target in found)
        return (
            f"{sum(self.kills.values())} kills {dict(self.kills)}; {len(found)} targets, each "
            f"published, with one entry and one event; attempts {dict(sorted(tries.items()))}"
        )

    async def _stream(self) -> list[dict[str, Any]]:
        """The publications as the author's stream has them."""
        key = self.world.redis.key("stream", f"user:{EDITOR}")
        entries: Any = await self.world.redis.client.xrange(key)
        events = [json.loads(fields["event"]) for _, fields in entries if "event" in fields]
        return [event for event in events if event["type"] == "content.published"]


def alive(pid: int) -> bool:
    """Whether that process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def hasten(mongo: Mongo) -> None:
    """Have the database let go of a dead process's locks after a second, not a minute."""
    await mongo.client.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": 1})


@asynccontextmanager
async def helper(module: str, *arguments: str) -> AsyncIterator[Process]:
    """A helper process, ended with its input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def besieged(folder: Path) -> AsyncIterator[Siege]:
    """Engines, an API process and a zygote of workers, on a database of their own."""
    engines = Engines(folder)
    urls = await asyncio.to_thread(engines.start)
    mongo, redis = Mongo(urls.mongodb, NAME, timeout=5.0), Redis(urls.redis, NAME, timeout=5.0)
    try:
        async with (
            open_world(mongo, redis) as world,
            helper("tests.publishing_api", urls.mongodb, urls.redis, NAME) as api,
            helper("tests.publishing_zygote", urls.mongodb, urls.redis, NAME) as zygote,
        ):
            await Migrations(mongo, world.stores.all()).run()
            await populate(world)
            await hasten(mongo)
            siege = Siege(engines, world, api, zygote)
            try:
                yield siege
            finally:
                siege.end_worker()
    finally:
        await mongo.close()
        await redis.close()
        await asyncio.to_thread(engines.stop)
