"""The worker: in the API's process as a task, or in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from datasources.jobs import JobQueue, Recurring
from server.tasks import SweepTimes, recurring, tasks
from services.deliveries import Deliveries
from services.job_runner import JobRunner


async def run_worker(
    queue: JobQueue,
    deliveries: Deliveries,
    stop: asyncio.Event,
    times: SweepTimes | None = None,
    chores: Mapping[str, Recurring] | None = None,
    runner: JobRunner | None = None,
) -> None:
    """Do jobs until told to stop, then finish those that run, or release them for another.

    `queue` is open, and an `Events` that was given `queue.add` runs beside it: the jobs that a
    job asks for are handed on by whichever process leads. `chores` are done besides.
    `runner` does the jobs that people ask for.
    """
    repeated = recurring(deliveries, runner, queue, times or SweepTimes())
    await queue.work(tasks(deliveries, runner), stop, {**repeated, **(chores or {})})
