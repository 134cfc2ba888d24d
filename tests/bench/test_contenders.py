"""Everyone who is measured does the same work: the same answers, the same deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bench.contenders import (
    PEERS,
    Part,
    graphql_ws,
    installed,
    mercurius,
    mercurius_shared,
    ours,
    strawberry,
)
from bench.fanout import Events, crowd_on
from bench.http_load import hammer
from bench.measures import Servers, proven
from bench.publishers import publisher
from bench.requests import WORKLOADS, updates, versions_of
from bench.world import World, environ_of, fill
from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engine_folder import EngineUrls

# A test downloads nothing: peers on Node take part once the bench has installed them.
ALL = (ours(), strawberry(), mercurius(), graphql_ws())
EVERYONE = [each for each in ALL if installed(PEERS / each.name)]
EVERYONE += [mercurius_shared()] if mercurius() in EVERYONE else []


@pytest.fixture
async def small(
    engines: EngineUrls, mongo: Mongo, redis: Redis, name: str, tmp_path: Path
) -> AsyncIterator[World]:
    """The bench's data, on the engines of the tests."""
    yield await fill(tmp_path, environ_of(engines, name, tmp_path))


@contextmanager
def started(part: Part, world: World) -> Iterator[Servers]:
    """All who serve that part."""
    with ExitStack() as stack:
        found: Servers = {}
        for contender in EVERYONE:
            if part in contender.commands:
                process = contender.process(part, world, part.value)
                stack.callback(process.stop)
                process.start()
                found[contender.name] = (contender, process)
        yield found


@pytest.mark.parametrize("part", [Part.API, Part.POSTS])
async def test_all_servers_answer_with_the_same_data_and_write_what_they_are_told(
    part: Part, small: World
) -> None:
    """`proven` compares them and raises where one of them differs, or answers with an error."""
    with started(part, small) as servers:
        assert len(servers) >= 2
        for workload in WORKLOADS:
            if workload.part is part and workload.bodies is not None:
                proofs = proven(servers, small, workload.bodies(small))
                assert all(proof.data[0] for proof in proofs.values())
        if part is Part.API:
            await prove_writes(servers, small)


async def prove_writes(servers: Servers, world: World) -> None:
    """Each change is to the version that the one before has made, by whomever it was."""
    before = versions_of(world)
    for contender, process in servers.values():
        await hammer(process.port, 2, 0.2, updates(world, contender.tokens(world)))
        after = versions_of(world)
        changed = {id for id, version in after.items() if version > before[id]}
        assert changed == set(world.contents[:2])
        before = after


async def test_all_servers_deliver_every_event_to_every_socket(small: World) -> None:
    """The crowd compares each frame with the event that is due."""
    with started(Part.SOCKETS, small) as servers:
        for contender, process in servers.values():
            async with (
                crowd_on(process, contender, small) as crowd,
                publisher(contender, small) as publish,
            ):
                await crowd.connect(5)
                events = Events(crowd, publish, small)
                await events.settle()
                assert await events.flood(0.2) > 0
                assert len(crowd.delays) == 5 * len(crowd.published)
                assert len(crowd.published) > 1
