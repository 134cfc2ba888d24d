"""How many commands the database is sent: relations are batched, however deep and wide."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from pymongo import monitoring

from server.settings import Settings
from tests.client import Client
from tests.resolvers.test_content import write

READS = {"find", "aggregate", "getMore"}


class Commands(monitoring.CommandListener):
    """Counts what every client of this process sends, while it listens."""

    def __init__(self) -> None:
        self.listening = False
        self.seen: Counter[str] = Counter()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """A command leaves."""
        if self.listening and event.command_name in READS:
            collection = event.command.get(event.command_name)
            if collection not in {"outbox", "outbox_jobs"}:
                self.seen[str(collection)] += 1

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to count."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to count."""


COMMANDS = Commands()
monitoring.register(COMMANDS)


async def counted(client: Client, query: str, **variables: Any) -> tuple[Any, dict[str, int]]:
    """The data of an operation, and the reads that it took, by collection."""
    COMMANDS.seen.clear()
    COMMANDS.listening = True
    try:
        data = await client.data(query, **variables)
    finally:
        COMMANDS.listening = False
    return data, dict(COMMANDS.seen)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No worker: what a job reads is not counted."""
    return replace(settings, worker=False)


@pytest.fixture
async def full(ada: Client) -> Client:
    """Someone with a score of pieces."""
    for number in range(20):
        await write(ada, f"Piece {number}")
    return ada


async def test_one_piece_with_its_author_and_workspace(full: Client) -> None:
    """The piece, the role that allows it (twice: the workspace is asked for, too), and then the
    author together with the workspace.
    """
    (first,) = (await full.data("{ contents(limit: 1) { id } }"))["contents"]
    _, seen = await counted(
        full,
        "query C($id: ID!) { content(id: $id) { title author { email } workspace { name } } }",
        id=first["id"],
    )
    assert seen == {"content": 1, "memberships": 2, "users": 1}


async def test_twenty_pieces_take_no_more_reads_than_one(full: Client) -> None:
    """With authors, workspaces, targets: a read a level, whatever the number of pieces."""
    query = """query L($limit: Int) { contents(limit: $limit) {
      title author { profile { fullName } } workspace { name parent { name } }
      targets { state attempts { number } } } }"""
    one, few = await counted(full, query, limit=1)
    many, all = await counted(full, query, limit=20)
    assert len(one["contents"]) == 1
    assert len(many["contents"]) == 20
    assert all == few


async def test_a_page_of_a_connection_takes_one_read_of_its_collection(full: Client) -> None:
    """Whether there is a next page is known without counting."""
    query = """{ contentConnection(first: 5) {
      edges { node { id author { id } } } pageInfo { hasNextPage } } }"""
    data, seen = await counted(full, query)
    assert data["contentConnection"]["pageInfo"]["hasNextPage"] is True
    assert seen["content"] == 1
    assert sum(seen.values()) <= 4
