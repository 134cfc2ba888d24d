"""The whole run: each workload, each server, several times in turn, within bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import uvloop

from bench.contenders import OURS, Contender, Part, raw_frames
from bench.fanout import DELIVERIES, Deliveries, deliver, idle
from bench.measures import Servers, in_turn, measure_of
from bench.paced import paced
from bench.requests import WORKLOADS, HttpWorkload
from bench.results import Result
from bench.sample import typical
from bench.world import World

CONNECTIONS = 32
SHARE = 0.7
PEER = "mercurius"
SOCKETS_MAY_TAKE = 80.0
SLACK = 1.1
MEMORY = "memory_subscription"
NAMES = (*(each.name for each in WORKLOADS), *(each.name for each in DELIVERIES), MEMORY)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often: `rounds` of so many `seconds` at 32 connections, `rounds_of_one` at
    one, `socket_rounds` of deliveries and of memory, the latter with so many `idle_sockets`.
    """

    warm_seconds: int = 2
    seconds: int = 3
    rounds: int = 5
    seconds_of_one: int = 2
    rounds_of_one: int = 3
    socket_seconds: float = 5
    socket_rounds: int = 3
    idle_sockets: int = 1000


QUICK = Plan(
    warm_seconds=1,
    seconds=2,
    rounds=2,
    seconds_of_one=1,
    rounds_of_one=1,
    socket_seconds=2,
    socket_rounds=1,
    idle_sockets=500,
)


def in_time(rounds: int, seconds: float) -> Iterator[int]:
    """Round after round, all of them on a machine that does nothing else.

    Where they take a good deal longer than these seconds, the rest is left out; one is always run.
    """
    until = time.monotonic() + seconds * SLACK
    for number in range(rounds):
        if number and time.monotonic() > until:
            return
        yield number


class Bench:
    """Measures the contenders on one world."""

    def __init__(self, world: World, contenders: Sequence[Contender], plan: Plan, say: Say) -> None:
        self.world = world
        self.contenders = contenders
        self.plan = plan
        self.say = say

    def run(self, names: Sequence[str]) -> Iterator[Result]:
        """The workloads of these names, each as soon as it is measured."""
        for requests in WORKLOADS:
            if requests.name in names:
                yield self.requests(requests)
        for deliveries in DELIVERIES:
            if deliveries.name in names:
                yield self.deliveries(deliveries)
        if MEMORY in names:
            yield self.memory()

    @contextmanager
    def servers(self, part: Part, run: str, *others: Contender) -> Iterator[Servers]:
        """Everyone who serves that part, started; stopped with the block."""
        with ExitStack() as stack:
            found: Servers = {}
            for contender in (*self.contenders, *others):
                if part in contender.commands:
                    process = contender.process(part, self.world, run)
                    stack.callback(process.stop)
                    process.start()
                    found[contender.name] = (contender, process)
            yield found

    def requests(self, workload: HttpWorkload) -> Result:
        """A workload over HTTP."""
        result = Result(workload.name, workload.about, "requests/s")
        plan = self.plan
        turns = (
            (CONNECTIONS, plan.rounds, plan.seconds, result.samples),
            (1, plan.rounds_of_one, plan.seconds_of_one, result.at_1),
        )
        with self.servers(workload.part, workload.name) as servers:
            measure = measure_of(workload, servers, self.world)
            for contender, process in servers.values():
                measure(contender, process, CONNECTIONS, plan.warm_seconds)
            for connections, rounds, seconds, samples in turns:
                for _ in in_time(rounds, rounds * seconds * len(servers)):
                    for name, (contender, process) in servers.items():
                        took = measure(contender, process, connections, seconds)
                        samples.setdefault(name, []).append(took)
            self.below_capacity(workload, servers, result)
        return self.told(result)

    def below_capacity(self, workload: HttpWorkload, servers: Servers, result: Result) -> None:
        """Delays at 70% of what the slower of us and our peer on Node can, the same for both."""
        both = [name for name in (OURS, PEER) if name in servers]
        if len(both) < 2 or workload.bodies is None:
            return
        rate = SHARE * min(typical(result.samples[name]).rate for name in both)
        bodies, plan = workload.bodies(self.world), self.plan
        for _ in in_time(plan.rounds_of_one, plan.rounds_of_one * plan.seconds * 2):
            for name in both:
                contender, process = servers[name]
                make = in_turn(bodies, contender.tokens(self.world))
                load = paced(process.port, CONNECTIONS, plan.seconds, make, rate)
                result.at_70.setdefault(name, []).append(uvloop.run(load))

    def deliveries(self, workload: Deliveries) -> Result:
        """A workload over sockets; what our client can read at most is measured beside."""
        result = Result(workload.name, workload.about, "deliveries/s")
        seconds = self.plan.socket_seconds
        with self.servers(Part.SOCKETS, workload.name, raw_frames()) as servers:
            for _ in in_time(self.plan.socket_rounds, SOCKETS_MAY_TAKE):
                for name, (contender, process) in servers.items():
                    took = uvloop.run(deliver(process, contender, self.world, workload, seconds))
                    result.samples.setdefault(name, []).append(took)
        result.ceiling = typical(result.samples.pop(raw_frames().name)).rate
        return self.told(result)

    def memory(self) -> Result:
        """What an idle subscription costs, each time on a fresh server."""
        result = Result(MEMORY, "memory of an idle subscription", "KB")
        for number in in_time(self.plan.socket_rounds, SOCKETS_MAY_TAKE):
            with self.servers(Part.SOCKETS, f"{MEMORY}-{number}") as servers:
                for name, (contender, process) in servers.items():
                    took = uvloop.run(idle(process, contender, self.world, self.plan.idle_sockets))
                    result.samples.setdefault(name, []).append(took)
        return self.told(result)

    def told(self, result: Result) -> Result:
        """The result, with a line of progress."""
        figures = (
            f"{name} {typical(samples).rate:,.0f}" for name, samples in result.samples.items()
        )
        self.say(f"{result.name}: {', '.join(figures)} {result.unit}")
        return result
