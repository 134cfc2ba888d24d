"""Measuring: every platform is asked how posts do, often while they are fresh, seldom later."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from datasources.content import Platform
from datasources.snapshots import Availability, Metric
from datasources.targets import Target, Targets
from services.adapters import Adapters
from services.clock import Clock
from services.ledger import Ledger
from services.meters import Measured, Meter, Reading
from services.metrics import Figure, snapshot
from services.platform_failures import MissingScope, PlatformFailure, RateLimited

log = logging.getLogger("brandgraph.measuring")

CALLS_AT_ONCE = 20
AGES = (
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=90), timedelta(days=7)),
)
OLD = timedelta(days=30)
"""How often a post is measured: up to each age, and from the last one on."""


class Measuring:
    """The worker calls `run`. A target's next time is set before its platform is asked.

    So a worker that dies, or two at once, ask too seldom rather than too often.
    """

    def __init__(self, targets: Targets, adapters: Adapters, ledger: Ledger, clock: Clock) -> None:
        self._targets = targets
        self._adapters = adapters
        self._ledger = ledger
        self._clock = clock

    async def run(self) -> int:
        """Measure what is due, up to 20 calls a platform; how many posts told something."""
        told = 0
        for platform in Platform:
            meter = self._adapters.of(platform)
            if isinstance(meter, Meter):
                told += await self._platform(meter)
        return told

    async def _platform(self, meter: Meter) -> int:
        limit = meter.at_once * CALLS_AT_ONCE
        due = await self._targets.to_measure(meter.platform, self._clock(), limit=limit)
        told = 0
        for calls, batch in enumerate(batches(due, meter.at_once)):
            if calls == CALLS_AT_ONCE:
                break
            told += await self._batch(meter, batch)
        return told

    async def _batch(self, meter: Meter, batch: Sequence[Target]) -> int:
        now = self._clock()
        claim = self._targets.claim_measuring
        mine = [each for each in batch if await claim(each, next_at(each, now))]
        posts = [measured(each) for each in mine]
        if not posts:
            return 0
        try:
            found = await meter.measure(posts)
        except RateLimited as failure:
            await self._targets.measure_at([each.id for each in mine], failure.retry_at)
            return 0
        except MissingScope:
            found = {each.target_id: NO_SCOPE for each in posts}
        except PlatformFailure as failure:
            log.warning("%s told nothing of %s posts: %s", meter.platform, len(posts), failure)
            return 0
        return await self._keep(mine, found, self._clock())

    async def _keep(
        self, targets: Sequence[Target], found: Mapping[str, Sequence[Reading]], now: datetime
    ) -> int:
        snapshots = [
            snapshot(target.workspace_id, figure(target, reading, now))
            for target in targets
            for reading in found.get(target.id, ())
        ]
        if snapshots:
            await self._ledger.write(targets[0].workspace_id, snapshots)
        return sum(bool(found.get(target.id)) for target in targets)


NO_SCOPE = (Reading(Metric.IMPRESSIONS, None, Availability.NO_SCOPE),)


def next_at(target: Target, now: datetime) -> datetime:
    """When it is to be measured after this."""
    age = now - (target.published_at or target.created_at)
    return now + next((every for until, every in AGES if age < until), OLD)


def measured(target: Target) -> Measured:
    """As the platform is asked for it."""
    return Measured(
        target_id=target.id,
        workspace_id=target.workspace_id,
        external_id=target.external_id or "",
        published_at=target.published_at or target.created_at,
    )


def figure(target: Target, reading: Reading, now: datetime) -> Figure:
    """As it is kept."""
    return Figure(
        content_id=target.content_id,
        platform=target.platform,
        metric=reading.metric,
        value=reading.value,
        captured_at=now,
        availability=reading.availability,
    )


def batches(targets: Sequence[Target], size: int) -> Iterator[Sequence[Target]]:
    """A workspace at a time, and no more than a call may ask for."""
    ordered = sorted(targets, key=lambda each: each.workspace_id)
    for _, group in groupby(ordered, lambda each: each.workspace_id):
        mine = list(group)
        for start in range(0, len(mine), size):
            yield mine[start : start + size]
