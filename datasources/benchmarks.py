"""Benchmarks: what workspaces that agreed to it are compared by."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record


class Benchmark(Record, frozen=True, kw_only=True):
    """A workspace among its peers; its id is the workspace's. It names nobody and nothing.

    `size` is the class of its impressions in 30 days, 0 for under a thousand and one more for
    each tenfold; both are None until they have been computed.
    """

    size: int | None = None
    rate: float | None = None
    computed_at: datetime | None = None
    joined_at: datetime


class Benchmarks(Collection[Benchmark]):
    """Those who agreed."""

    name = "benchmarks"
    record = Benchmark
    indexes = (
        IndexModel([("size", ASCENDING), ("computed_at", ASCENDING)], name="by_size"),
        IndexModel([("computed_at", ASCENDING)], name="by_age"),
    )

    async def rates(self, size: int, since: datetime, besides: str) -> list[float]:
        """The rates of that size's workspaces that are recent, without one of them."""
        wanted = {"size": size, "computed_at": {"$gte": since}, "_id": {"$ne": besides}}
        return [each.rate for each in await self.find(wanted) if each.rate is not None]

    async def stale(self, before: datetime, limit: int) -> list[Benchmark]:
        """Those to compute again, the oldest first."""
        wanted = {"$or": [{"computed_at": None}, {"computed_at": {"$lt": before}}]}
        return await self.find(wanted, sort=[("computed_at", ASCENDING)], limit=limit)
