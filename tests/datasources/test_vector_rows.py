"""The questions put to one tenant's file cost what they should."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from datasources.vector_files import make, opened
from datasources.vector_rows import SCHEMA, matching, put
from datasources.vectors import Entry, Narrowed, Passage

WORDS = [f"word{number}" for number in range(12)]


def entries(count: int) -> list[Entry]:
    """Pieces that nearly all have any word."""
    chance = random.Random(1)
    return [
        Entry(
            id=f"cnt_{number}",
            tenant="wsp",
            title="",
            passages=[Passage(text=" ".join(chance.choices(WORDS, k=30)), vector=None)],
            type="POST",
            status="DRAFT",
            platforms=[],
            tags=[],
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for number in range(count)
    ]


def cost(ask: Callable[[], object]) -> float:
    """Seconds of this thread, the least of some tries."""
    tries = []
    for _ in range(5):
        start = time.thread_time()
        ask()
        tries.append(time.thread_time() - start)
    return min(tries)


def test_a_filter_costs_little_beside_the_words_themselves(tmp_path: Path) -> None:
    """It is looked up once: asking for the words again for each row that fits took 50 times."""
    file = tmp_path / "one.db"
    make(file, SCHEMA.format(dimension=8))
    connection = opened(file)
    put(connection, entries(500))
    narrowed, query = Narrowed(statuses=["DRAFT", "PUBLISHED"]), " ".join(WORDS[:4])
    for sure in (False, True):
        all_of_it = cost(partial(matching, connection, query, Narrowed(), 200, sure))
        some = cost(partial(matching, connection, query, narrowed, 200, sure))
        assert some < 8 * all_of_it
    connection.close()
