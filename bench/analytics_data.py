"""What figures are measured on: a year of snapshots of a thousand pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from bench.search_data import piece
from datasources.content import Platform
from datasources.snapshots import Metric, Snapshot
from server.compose import Backend
from services.metrics import Figure, snapshot
from services.sessions import Client
from services.viewer import Viewer

BATCH = 1000
METRICS = tuple(Metric)[:5]
PLATFORMS = tuple(Platform)
PIECES = 1000
EMAIL, PASSWORD = "bench@example.com", "a long and private phrase"


async def settle(made: Backend) -> None:
    """A person, and the pieces that the figures are of."""
    signed_in = await made.services.accounts.register(EMAIL, PASSWORD, "Bench", Client())
    home = signed_in.user.personal_workspace_id
    pieces = [piece(home, f"{number:026d}", f"Piece {number}", number) for number in range(PIECES)]
    await made.stores.contents.insert_many(pieces)


async def owner(made: Backend) -> tuple[Viewer, str]:
    """Who asks, and where."""
    (user,) = await made.stores.users.find({})
    return Viewer(user_id=user.id), user.personal_workspace_id


def rows(workspace_id: str, total: int, now: datetime, mark: str = "") -> Iterator[list[Snapshot]]:
    """Batches of 1,000: forty posts with five counters each, read five times; a year in all.

    `mark` is in the ids of the pieces, so that those of two writers are not the same.
    """
    chance = random.Random(1)
    reads = total // BATCH * 5
    values: dict[tuple[int, Metric], int] = {}
    batch: list[Snapshot] = []
    for read_at in range(reads):
        at = now - timedelta(days=365) * (1 - read_at / reads)
        first = read_at // 5 * 7 % PIECES
        for number in range(first, first + BATCH // 5 // len(METRICS)):
            platform = PLATFORMS[number % len(PLATFORMS)]
            for metric in METRICS:
                value = values.get((number, metric), 0) + chance.randint(0, 9)
                values[number, metric] = value
                id = f"cnt_{mark}{number % PIECES:0{26 - len(mark)}d}"
                figure = Figure(id, platform, metric, value, at)
                batch.append(snapshot(workspace_id, figure))
        if len(batch) >= BATCH:
            yield batch[:BATCH]
            batch = batch[BATCH:]
