"""Cut off again and again over real sockets: what was missed comes first, then it goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.client import Client
from tests.conftest import Running
from tests.resolvers.test_content import write

WATCH = """
subscription Watch($id: ID!, $after: String) {
  contentChanged(workspaceId: $id, after: $after) { contentId }
}
"""


async def tell(server: Running, workspace: str, numbers: range) -> None:
    """Events as a service writes them, one transaction a hundred."""
    backend = server.backend
    for start in range(numbers.start, numbers.stop, 100):
        chunk = range(start, min(start + 100, numbers.stop))

        async def change(chunk: range = chunk) -> None:
            for number in chunk:
                await backend.services.events.record(
                    "content.updated",
                    topics=[f"workspace:{workspace}"],
                    subject=f"cnt_{number:026}",
                    workspace_id=workspace,
                )

        await backend.mongo.transact(change)


async def follow(ada: Client, workspace: str, after: str | None, most: int) -> tuple[Any, ...]:
    """Up to so many events on one socket, which is then cut without a word."""
    seen: list[str] = []
    async with ada.socket() as socket:
        stream = await socket.subscribe(WATCH, id=workspace, after=after)
        while len(seen) < most:
            event = await stream.next(30)
            seen.append(event.data["contentChanged"]["contentId"])
            after = event.body["extensions"]["cursor"]
        socket.connection.transport.abort()
    return seen, after


async def resumed(server: Running, ada: Client, events: int, cuts: int) -> list[str]:
    """All events that a subscriber saw who was cut off so many times."""
    workspace = (await write(ada))["workspace"]["id"]
    after = await server.backend.services.events.cursor(f"workspace:{workspace}")
    telling = asyncio.create_task(tell(server, workspace, range(events)))
    found: list[str] = []
    share = events // cuts
    for cut in range(cuts):
        most = share if cut < cuts - 1 else events - len(found)
        seen, after = await follow(ada, workspace, after, most)
        found += seen
    await telling
    return found


@pytest.mark.parametrize(
    ("events", "cuts"),
    [(300, 6), pytest.param(10_000, 100, marks=[pytest.mark.soak, pytest.mark.timeout(600)])],
)
async def test_a_subscriber_that_is_cut_off_has_each_event_once_and_in_order(
    server: Running, ada: Client, events: int, cuts: int
) -> None:
    """Over HTTP's own socket, with the cursor that came beside each event."""
    found = await resumed(server, ada, events, cuts)
    assert found == [f"cnt_{number:026}" for number in range(events)]
