"""Workers that die at a chosen step, forked from one process that has imported everything.

Each line on standard input is a JSON object: `die` is `started` or `succeeded` (at the `step`th
command to the database of the job whose key has `target` in it), `ack` (the job is done, Redis
has not been told), or empty (live until killed). Answers: the worker's process id at once, and
with `list` the commands, one line, once the job is done.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any

from docket import Execution
from pymongo import monitoring

from datasources.mongo import Mongo
from datasources.redis import Redis
from tests.publishing_world import open_world

Plan = dict[str, Any]


def die() -> None:
    """As kill -9: nothing is cleaned up, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


class Reaper(monitoring.CommandListener):
    """Counts the commands of one job, and dies at the one it was told."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen = {"started": 0, "succeeded": 0}
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """About to be sent."""
        if self._ours():
            self.names.append(event.command_name)
        self._step("started")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Done, and the caller does not know yet."""
        self._step("succeeded")

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Not a step."""

    def _ours(self) -> bool:
        try:
            task = asyncio.current_task()
        except RuntimeError:
            return False
        return task is not None and f"task:publish:{self._plan['target']}" in task.get_name()

    def _step(self, kind: str) -> None:
        if not self._ours():
            return
        self._seen[kind] += 1
        if self._plan["die"] == kind and self._seen[kind] == self._plan["step"]:
            die()


def watch_the_end(plan: Plan, reaper: Reaper) -> None:
    """Die, or say which commands there were, before Redis hears that the job is done."""
    mark = Execution.mark_as_completed

    async def mark_as_completed(self: Execution, result_key: str | None = None) -> None:
        if plan["target"] and plan["target"] in self.key:
            if plan["die"] == "ack":
                die()
            if plan.get("list"):
                print(json.dumps(reaper.names), flush=True)
        await mark(self, result_key=result_key)

    Execution.mark_as_completed = mark_as_completed  # type: ignore[method-assign]


async def work(mongodb: str, redis_url: str, name: str) -> None:
    """A worker, until it is killed."""
    mongo, redis = Mongo(mongodb, name, timeout=5.0), Redis(redis_url, name, timeout=5.0)
    async with open_world(mongo, redis) as world, world.working():
        await asyncio.Event().wait()


def main() -> None:
    """Fork a worker a line; at the end of input, kill the last and leave."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        plan: Plan = json.loads(line)
        child = os.fork()
        if child == 0:
            reaper = Reaper(plan)
            monitoring.register(reaper)
            watch_the_end(plan, reaper)
            asyncio.run(work(*sys.argv[1:4]))
        print(child, flush=True)


if __name__ == "__main__":
    main()
