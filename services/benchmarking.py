"""Benchmarks: where a workspace stands among those of its size, for those who agreed to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from datasources import figures
from datasources.benchmarks import Benchmark, Benchmarks
from datasources.editions import Editions
from datasources.failures import Duplicate
from datasources.rollups import Rollup, WorkspaceGains
from services.access import Access
from services.analytics import added, clock_of
from services.clock import Clock
from services.engagement import totals
from services.periods import AnalyticsPeriod, span
from services.permissions import Permission
from services.viewer import Viewer

LEAST_PEERS = 20
RECENT = timedelta(days=7)
DAILY = timedelta(days=1)
AT_ONCE = 200
LARGEST = 4
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Comparison:
    """The part of its peers that a workspace is ahead of, with Wilson's interval of 95%."""

    ahead_of: float
    low: float
    high: float
    peers: int


class Benchmarking:
    """Who leads a workspace may let it join; who sees its figures sees where it stands."""

    def __init__(
        self,
        benchmarks: Benchmarks,
        rollup: Rollup[WorkspaceGains],
        editions: Editions,
        access: Access,
        clock: Clock,
    ) -> None:
        self._benchmarks = benchmarks
        self._editions = editions
        self._rollup = rollup
        self._access = access
        self._clock = clock

    async def join(self, viewer: Viewer, workspace_id: str) -> bool:
        """Agree. Whoever is in is compared with others, and others with them."""
        await self._access.check(viewer, Permission.WORKSPACE_WRITE, workspace_id)
        try:
            await self._benchmarks.insert(Benchmark(id=workspace_id, joined_at=self._clock()))
        except Duplicate:
            return True
        return True

    async def leave(self, viewer: Viewer, workspace_id: str) -> bool:
        """Take it back: what was computed is deleted."""
        await self._access.check(viewer, Permission.WORKSPACE_WRITE, workspace_id)
        await self._benchmarks.delete(workspace_id)
        return True

    async def refresh(self) -> int:
        """Compute those that are a day old; how many. The worker calls it."""
        found = await self._benchmarks.stale(self._clock() - DAILY, AT_ONCE)
        for each in found:
            await self._compute(each)
        return len(found)

    async def comparison(self, workspace_id: str) -> Comparison | None:
        """Where it stands; None outside, and among fewer than 20 peers."""
        own = await self._benchmarks.get(workspace_id)
        if own is not None and own.computed_at is None:
            own = await self._compute(own)
        if own is None or own.size is None or own.rate is None:
            return None
        since = self._clock() - RECENT
        rates = await self._benchmarks.rates(own.size, since, besides=workspace_id)
        return compared(own.rate, rates) if len(rates) >= LEAST_PEERS else None

    async def _compute(self, one: Benchmark) -> Benchmark:
        now = self._clock()
        month = span(AnalyticsPeriod.MONTH, ZoneInfo("UTC"), now)
        within = clock_of(month, await self._editions.now(one.id))
        gained = await figures.by_platform(self._rollup, one.id, within)
        sums = added(totals(platform, counts) for platform, counts in gained.items())
        known = sums.impressions > 0
        size = size_of(sums.impressions) if known else None
        rate = sums.engagement_rate if known else None
        values = {"size": size, "rate": rate, "computed_at": now}
        await self._benchmarks.update({"_id": one.id}, {"$set": values})
        return replace(one, size=size, rate=rate, computed_at=now)


def size_of(impressions: int) -> int:
    """0 below a thousand, then one more for each tenfold, 4 at most."""
    return min(LARGEST, max(0, int(math.log10(max(1, impressions))) - 2))


def compared(rate: float, peers: Sequence[float]) -> Comparison:
    """The part of the peers below this rate, equal ones counted half (Wilson, 1927)."""
    n = len(peers)
    ahead = (sum(each < rate for each in peers) + sum(each == rate for each in peers) / 2) / n
    middle = (ahead + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z / (1 + Z * Z / n) * math.sqrt(ahead * (1 - ahead) / n + Z * Z / (4 * n * n))
    return Comparison(ahead, max(0.0, middle - reach), min(1.0, middle + reach), n)
