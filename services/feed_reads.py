"""Reads of the public feed: counted without knowing who reads, and folded into snapshots.

Nothing of a reader is kept: no address, no cookie, no agent. What programs fetch says nothing of
people, so feed documents are not counted at all, nor are pages that a robot asks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from datasources.content import Contents, Platform
from datasources.editions import Editions
from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.reads import Counts, Reads
from datasources.snapshots import Metric, Snapshot
from datasources.standings import Standings, standing_id
from services.clock import Clock
from services.ids import NewId
from services.ledger import Ledger
from services.metrics import Figure, snapshot

ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scan|monitor|preview|fetch|feed|rss|reader|archiv|curl|wget|"
    r"python|httpx|aiohttp|requests|java/|okhttp|go-http|node|axios|libwww|headless|lighthouse",
    re.IGNORECASE,
)
PERSON = re.compile(r"^Mozilla/5\.0 \(")
TICK = timedelta(milliseconds=1)


class FeedReads:
    """`shown` counts; `fold` writes down what was counted, each read exactly once."""

    def __init__(
        self,
        mongo: Mongo,
        reads: Reads,
        contents: Contents,
        standings: Standings,
        editions: Editions,
        ledger: Ledger,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._reads = reads
        self._contents = contents
        self._standings = standings
        self._editions = editions
        self._ledger = ledger
        self._clock = clock
        self._new_id = new_id

    async def shown(self, workspace_id: str, content_ids: Sequence[str], *, opened: bool) -> None:
        """Pieces were shown on a page, or one was opened on its own. Lost where Redis is away."""
        wanted = [(id, Metric.IMPRESSIONS) for id in content_ids]
        if opened:
            wanted += [(id, Metric.READS) for id in content_ids]
        try:
            await self._reads.count(workspace_id, wanted)
        except Unavailable:
            return

    async def fold(self) -> int:
        """Write down what has gathered; how many batches. The worker calls it."""
        batches = await self._reads.batches(self._new_id("fld"))
        for name in batches:
            counts = await self._reads.read(name)
            for workspace_id in sorted({home for home, _, _ in counts}):
                await self._fold(workspace_id, counts, name)
            await self._reads.drop(name)
        return len(batches)

    async def _fold(self, workspace_id: str, counts: Counts, name: str) -> None:
        """One workspace's part, unless it was written down before a crash."""
        mine = {(id, metric): n for (home, id, metric), n in counts.items() if home == workspace_id}

        async def change() -> None:
            edition = await self._editions.get(workspace_id)
            if edition is not None and edition.fold is not None and edition.fold >= name:
                return
            snapshots = await self._snapshots(workspace_id, mine)
            if snapshots:
                await self._ledger.write(workspace_id, snapshots, fold=name)

        await self._mongo.transact(change)

    async def _snapshots(
        self, workspace_id: str, counts: Mapping[tuple[str, Metric], int]
    ) -> list[Snapshot]:
        """Where the counters stand with these, of pieces that are still there."""
        ids = sorted({id for id, _ in counts})
        there = {each.id for each in await self._contents.get_many(ids) if each is not None}
        standings = await self._standings.by_ids(standing_id(id, Platform.FEED) for id in there)
        now, found = self._clock(), []
        for (id, metric), more in counts.items():
            if id not in there:
                continue
            standing = standings.get(standing_id(id, Platform.FEED))
            count = standing.counts.get(metric) if standing else None
            at = max(now, count.checked_at + TICK) if count else now
            value = (count.value if count and count.value else 0) + more
            found.append(snapshot(workspace_id, Figure(id, Platform.FEED, metric, value, at)))
        return found


def is_person(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser with somebody before it asks, as far as it says so itself.

    Robots name themselves, and every browser's agent begins alike; what is fetched ahead, in case
    somebody looks, nobody has seen yet.
    """
    agent = headers.get("user-agent", "")
    purpose = headers.get("sec-purpose", "") + headers.get("purpose", "")
    human = bool(PERSON.match(agent)) and not ROBOT.search(agent)
    return method == "GET" and human and "prefetch" not in purpose
