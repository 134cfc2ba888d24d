"""What the worker knows how to do: the name of each job, and the service that does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from datasources.jobs import JobQueue, Recurring, Task
from services.deliveries import Deliveries
from services.progress import TASK as PUBLISH_TARGET

SWEEP_EVERY = timedelta(minutes=1)
STUCK_AFTER = timedelta(minutes=10)


def tasks(deliveries: Deliveries) -> Mapping[str, Task]:
    """Every job, by the name under which services ask for it."""
    return {PUBLISH_TARGET: Task(deliveries.deliver, deliveries.give_up)}


def recurring(
    deliveries: Deliveries,
    queue: JobQueue,
    *,
    every: timedelta = SWEEP_EVERY,
    stuck_after: timedelta = STUCK_AFTER,
) -> Mapping[str, Recurring]:
    """What is done every so often, whoever asks."""

    async def sweep_targets() -> None:
        await deliveries.sweep(stuck_after, queue.add)

    return {"sweep_targets": Recurring(sweep_targets, every)}
