"""`python -m bench.analytics`: how fast figures go in, and how fast an overview comes out.

A million snapshots of one workspace over a year, on engines of its own. Times are those of the
clock on the wall and of this process's processor; the machine's load is told beside them.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from datasources.content import Platform
from datasources.snapshots import Metric, Snapshot
from server.compose import backend
from server.engines import Engines
from server.settings import Settings, read
from services.analytics import AnalyticsService, Question
from services.metrics import Figure, snapshot
from services.periods import AnalyticsPeriod
from services.sessions import Client
from services.viewer import Viewer

SNAPSHOTS = 1_000_000
BATCH = 1000
METRICS = tuple(Metric)[:5]
PLATFORMS = tuple(Platform)
PIECES = 1000
ASKED = 60


def rows(workspace_id: str, total: int, now: datetime) -> Iterator[list[Snapshot]]:
    """Batches of 1,000: forty posts with five counters each, read five times; a year in all."""
    chance = random.Random(1)
    reads = total // BATCH * 5
    values: dict[tuple[int, Metric], int] = {}
    batch: list[Snapshot] = []
    for read_at in range(reads):
        at = now - timedelta(days=365) * (1 - read_at / reads)
        first = read_at // 5 * 7 % PIECES
        for piece in range(first, first + BATCH // 5 // len(METRICS)):
            platform = PLATFORMS[piece % len(PLATFORMS)]
            for metric in METRICS:
                value = values.get((piece, metric), 0) + chance.randint(0, 9)
                values[piece, metric] = value
                figure = Figure(f"cnt_{piece % PIECES}", platform, metric, value, at)
                batch.append(snapshot(workspace_id, figure))
        if len(batch) >= BATCH:
            yield batch[:BATCH]
            batch = batch[BATCH:]


async def measure(settings: Settings, total: int) -> None:
    """Fill and ask."""
    async with backend(settings) as made:
        await made.migrations().run()
        signed_in = await made.services.accounts.register(
            "bench@example.com", "a long and private phrase", "Bench", Client()
        )
        viewer = Viewer(user_id=signed_in.user.id)
        home = signed_in.user.personal_workspace_id
        now = datetime.now(UTC)
        began, cpu, written, busy = time.perf_counter(), time.process_time(), 0, 0.0
        ledger = made.services.metrics.ledger
        for batch in rows(home, total, now):
            start = time.perf_counter()
            written += (await ledger.write(home, batch)).recorded
            busy += time.perf_counter() - start
        spent = time.process_time() - cpu
        print(f"{written} snapshots in {busy:.1f} s of writing: {written / busy:.0f} a second")
        print(f"  {spent / written * 1e6:.0f} us of this processor each; load {load()}")
        print(f"  {time.perf_counter() - began:.1f} s in all, making the rows included")
        for period in AnalyticsPeriod:
            for kept in (False, True):
                print(f"overview {period:<8} {'kept' if kept else 'computed':<9}", end=" ")
                print(await asked(made.services.analytics, viewer, home, period, kept))
        print(f"load {load()}")


async def asked(
    analytics: AnalyticsService, viewer: Viewer, home: str, period: AnalyticsPeriod, kept: bool
) -> str:
    """The median and the 95th percentile of some overviews, in milliseconds."""
    times = []
    for _ in range(ASKED):
        if not kept:
            await analytics.cache.forget([home])
        start = time.perf_counter()
        await analytics.overview(viewer, home, Question(period, "Europe/Stockholm"))
        times.append((time.perf_counter() - start) * 1000)
    return f"p50 {percentile(times, 0.5):6.1f} ms, p95 {percentile(times, 0.95):6.1f} ms"


def percentile(times: Sequence[float], part: float) -> float:
    """By rank."""
    return sorted(times)[min(len(times) - 1, int(part * len(times)))]


def load() -> str:
    """What the machine has to do besides: runnable tasks over a minute, and processors."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def main() -> None:
    """On engines of its own."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else SNAPSHOTS
    with tempfile.TemporaryDirectory(prefix="bg-bench-") as folder:
        engines = Engines(Path(folder))
        try:
            urls = engines.start()
            settings = read({"DATA_DIR": folder, "PASSWORD_MEMORY_KIB": "8"})
            settings = replace(settings, mongodb_url=urls.mongodb, redis_url=urls.redis)
            asyncio.run(measure(settings, total))
        finally:
            engines.stop()


if __name__ == "__main__":
    main()
