"""What the worker knows how to do: the name of each job, and the service that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from datasources.jobs import JobQueue, Recurring, Task
from services.deliveries import Deliveries
from services.indexing import TASK as INDEX_CONTENT
from services.job_events import TASK as RUN_JOB
from services.job_runner import JobRunner
from services.progress import TASK as PUBLISH_TARGET
from services.services import Services
from services.stripe_goodbyes import TASK as STRIPE_GOODBYE
from services.stripe_webhook import TASK as STRIPE_EVENT
from services.topic_indexing import INDEX_TOPICS, RENEW_TOPICS

CHORES_EVERY = timedelta(seconds=30)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
READS_EVERY = timedelta(seconds=20)
MEASURE_EVERY = timedelta(minutes=5)
LAPSES_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SweepTimes:
    """How often lost jobs are looked for, and after how long one is taken for lost.

    `waiting` is for targets that no worker has yet; `working`, for those that one has, is longer
    than a platform may take to answer.
    """

    every: timedelta = timedelta(seconds=15)
    waiting: timedelta = timedelta(seconds=30)
    working: timedelta = timedelta(minutes=2)


def tasks(
    deliveries: Deliveries, services: Services | None, runner: JobRunner | None
) -> Mapping[str, Task]:
    """Every job, by the name under which services ask for it."""
    found = {PUBLISH_TARGET: Task(deliveries.deliver, deliveries.give_up)}
    if services is not None:
        found[INDEX_CONTENT] = Task(services.indexing.index)
        found[INDEX_TOPICS] = Task(services.indexing.topics.index)
        found[RENEW_TOPICS] = Task(services.trends.renew)
        inbox = services.stripe_inbox
        found[STRIPE_EVENT] = Task(inbox.handle, inbox.give_up)
        found[STRIPE_GOODBYE] = Task(services.stripe_goodbyes.say)
    if runner is not None:
        found[RUN_JOB] = Task(runner.run, runner.give_up)
    return found


def chores(services: Services | None) -> Mapping[str, Recurring]:
    """What the failure of an engine left half done, or what is not due at once."""
    if services is None:
        return {}
    return {
        "begin_search_index": Recurring(services.indexing.catch_up, CHORES_EVERY, at_once=True),
        "finish_sessions": Recurring(services.sessions.finish, CHORES_EVERY),
        "fold_reads": Recurring(services.feed_reads.fold, READS_EVERY),
        "carry_figures": Recurring(services.metrics.ledger.carry, HOURLY),
        "measure_posts": Recurring(services.measuring.run, MEASURE_EVERY),
        "learn_prior": Recurring(services.prediction.refresh, DAILY),
        "refresh_benchmarks": Recurring(services.benchmarking.refresh, HOURLY),
        "read_trend_sources": Recurring(services.trend_reading.run, CHORES_EVERY),
        "refresh_public_trends": Recurring(services.trends.refresh_public, HOURLY),
        "finish_erasures": Recurring(services.erasure.finish, CHORES_EVERY),
        "sweep_stripe_events": Recurring(services.stripe_inbox.sweep, CHORES_EVERY),
        "send_credits": Recurring(services.credits.send, CHORES_EVERY),
        "lapse_plans": Recurring(services.reconciliation.lapse, LAPSES_EVERY),
        "reconcile_billing": Recurring(services.reconciliation.run, DAILY),
    }


def recurring(
    deliveries: Deliveries, runner: JobRunner | None, queue: JobQueue, times: SweepTimes
) -> Mapping[str, Recurring]:
    """What is done every so often, whoever asks."""

    async def sweep_targets() -> None:
        await deliveries.sweep(times.waiting, times.working, queue.add)
        if runner is not None:
            await runner.sweep(times.waiting, queue.add)

    return {"sweep_targets": Recurring(sweep_targets, times.every)}
