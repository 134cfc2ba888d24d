"""The worker: in the API's process as a task, or in a process of its own."""

from __future__ import annotations

import asyncio

from datasources.jobs import JobQueue
from server.tasks import SweepTimes, chores, recurring, tasks
from services.deliveries import Deliveries
from services.job_runner import JobRunner
from services.services import Services


async def run_worker(
    queue: JobQueue,
    deliveries: Deliveries,
    stop: asyncio.Event,
    times: SweepTimes | None = None,
    services: Services | None = None,
    runner: JobRunner | None = None,
) -> None:
    """Do jobs until told to stop, then finish those that run, or release them for another.

    `queue` is open, and an `Events` that was given `queue.add` runs beside it: the jobs that a
    job asks for are handed on by whichever process leads. `runner` does the jobs that people ask
    for. Without `services` and `runner` it only publishes.
    """
    repeated = recurring(deliveries, runner, queue, times or SweepTimes())
    known = tasks(deliveries, services, runner)
    await queue.work(known, stop, {**repeated, **chores(services)})
