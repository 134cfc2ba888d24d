"""A sample of the flood (`make soak` sends all of it): no answer of 500, no hang, nothing left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from tests.client import Client
from tests.conftest import Running
from tests.server.graphql_corpus import BODIES, FRAMES
from tests.server.graphql_flood import Flood, drawn, endless
from tests.server.graphql_fuzz import bodies, frames
from tests.server.graphql_site import until

COUNT = 150
DRAWN = 50


def flood_of(server: Running, person: Client) -> Flood:
    """On that server, half of it as that person."""
    return Flood(int(server.url.rpartition(":")[2]), person.token or "")


async def survived(server: Running, person: Client) -> None:
    """It answers, and holds nothing of what was closed."""
    await until(lambda: len(server.app.state.edge.sockets) == 0)
    assert (await person.data("{ me { id } }"))["me"]["id"] == person.user_id


def some(texts: tuple[bytes, ...], draw: Callable[[], list[bytes]]) -> Iterator[bytes]:
    """The corpus, what hypothesis makes, and damaged ones of both."""
    made = draw()
    return chain(texts, made, endless(texts, made, 1))


async def test_malformed_bodies_are_refused_and_never_our_fault(
    server: Running, ada: Client
) -> None:
    flood = flood_of(server, ada)
    await flood.bodies(some(BODIES, lambda: drawn(bodies, DRAWN, 1)), len(BODIES) + COUNT)
    assert sum(flood.seen.values()) == len(BODIES) + COUNT
    assert set(flood.seen) <= {200, 400, 401, 405, 406, 415, 422, 429}
    await survived(server, ada)


async def test_malformed_frames_are_refused_or_end_their_socket(
    server: Running, ada: Client
) -> None:
    flood = flood_of(server, ada)
    await flood.frames(some(FRAMES, lambda: drawn(frames, DRAWN, 1)), len(FRAMES) + COUNT)
    assert sum(flood.seen.values()) == len(FRAMES) + COUNT
    assert flood.seen[0] > COUNT // 10
    await survived(server, ada)
