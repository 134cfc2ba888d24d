"""How a workload over HTTP is measured once, on one server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import uvloop

from bench.contenders import OURS, Contender
from bench.http_load import Next, hammer, http_request
from bench.processes import BenchError, Process
from bench.requests import HttpWorkload, Proof, prove, updates
from bench.sample import Sample
from bench.world import World
from bench.wrk_load import has_wrk, write_requests, wrk

Servers = dict[str, tuple[Contender, Process]]
Measure = Callable[[Contender, Process, int, int], Sample]
"""Takes a server, the number of connections and the seconds."""


def measure_of(workload: HttpWorkload, servers: Servers, world: World) -> Measure:
    """How this workload is measured. Everyone is proven first to answer it alike."""
    if workload.bodies is None:
        return changes(world)
    bodies = workload.bodies(world)
    proofs = proven(servers, world, bodies)
    return by_wrk(workload, world, bodies, proofs) if has_wrk() else by_hand(world, bodies)


def proven(servers: Servers, world: World, bodies: list[bytes]) -> dict[str, Proof]:
    """Everyone's first answers. BenchError unless they hold the same data."""
    found = {
        name: prove(process, contender, world, bodies)
        for name, (contender, process) in servers.items()
    }
    for name, proof in found.items():
        for ours, theirs in zip(found[OURS].data, proof.data, strict=True):
            if ours != theirs:
                raise BenchError(f"{name} answers {theirs}, where we answer {ours}.")
    return found


def by_wrk(
    workload: HttpWorkload, world: World, bodies: list[bytes], proofs: dict[str, Proof]
) -> Measure:
    """Requests that are known before, sent by wrk."""

    def measure(contender: Contender, process: Process, connections: int, seconds: int) -> Sample:
        path = world.folder / f"{workload.name}-{contender.name}.requests"
        write_requests(path, bodies, contender.tokens(world))
        size = proofs[contender.name].size
        load = lambda: wrk(process.port, connections, seconds, path, size)  # noqa: E731
        return costed(process, seconds, load)

    return measure


def by_hand(world: World, bodies: list[bytes]) -> Measure:
    """The same, sent by our own client."""

    def measure(contender: Contender, process: Process, connections: int, seconds: int) -> Sample:
        make = in_turn(bodies, contender.tokens(world))
        load = lambda: uvloop.run(hammer(process.port, connections, seconds, make))  # noqa: E731
        return costed(process, seconds, load)

    return measure


def changes(world: World) -> Measure:
    """Requests that follow from the answers before."""

    def measure(contender: Contender, process: Process, connections: int, seconds: int) -> Sample:
        make = updates(world, contender.tokens(world))
        load = lambda: uvloop.run(hammer(process.port, connections, seconds, make))  # noqa: E731
        return costed(process, seconds, load)

    return measure


def in_turn(bodies: Sequence[bytes], tokens: Sequence[str]) -> Next:
    """The requests one after the other, whoever asks."""
    requests = [
        http_request(body, tokens[number % len(tokens)] if tokens else None)
        for number, body in enumerate(bodies)
    ]
    at = -1

    def make(connection: int, answer: bytes | None) -> bytes:
        nonlocal at
        at = (at + 1) % len(requests)
        return requests[at]

    return make


def costed(process: Process, seconds: int, load: Callable[[], Sample]) -> Sample:
    """A sample with what each operation cost the server."""
    before = process.cpu_seconds()
    found = load()
    used = process.cpu_seconds() - before
    return replace(found, cpu_us=used / (found.rate * seconds) * 1e6)
