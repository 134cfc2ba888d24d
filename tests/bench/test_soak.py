"""The soak: what it sends, how it counts, and how it judges."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, cast

import orjson
import pytest

from bench.__main__ import PAGE
from bench.processes import Process
from bench.soak_followers import Followers
from bench.soak_load import CONNECTIONS, Mix, Pace
from bench.soak_report import MARKS, Moment, Soak, memory, text, told
from bench.soak_run import Run

GOOD = Soak(
    minutes=20,
    capacity=400,
    capacities=(380, 420),
    rate=280,
    rates=(270, 290),
    sockets=200,
    requests=336_000,
    errors=0,
    p50_ms=8,
    p95_ms=31,
    p99_ms=60,
    deliveries=268_000,
    deliveries_lost=0,
    delivery_p95_ms=40,
    warm_mib=110,
    end_mib=111,
    loops_ms=(30, 40),
)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def moment(mib: float) -> Moment:
    """A look at the server."""
    return Moment(0, mib, 280, 0, 8, 31, 60, 220, 1000)


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        ({}, True),
        ({"end_mib": 112.3}, False),
        ({"end_mib": 90}, True),
        ({"p95_ms": 50}, False),
        ({"errors": 700}, False),
        ({"deliveries_lost": 700}, False),
        ({"errors": 300, "deliveries_lost": 300}, True),
    ],
)
def test_each_bound_alone_makes_it_fail(change: dict[str, float], passed: bool) -> None:
    soak = replace(GOOD, **change)  # type: ignore[arg-type]
    assert soak.passed is passed
    assert ("**passed**" in text(soak, "2026-11-21T09:00")) is passed
    assert orjson.loads(orjson.dumps(told(soak, [moment(1)], [], "2026")))["passed"] is passed


def test_memory_is_that_of_the_first_and_the_last_tenth() -> None:
    """One sample that stands out says nothing."""
    moments = [moment(each) for each in (100, 100, 500, *range(100, 124), 121, 121, 900)]
    assert memory(moments) == (100, 121)


def test_the_page_has_its_marks() -> None:
    page = PAGE.read_text()
    assert page.index(MARKS[0]) < page.index(MARKS[1])


class Asked(asyncio.Protocol):
    """A server that answers each request after so many seconds."""

    def __init__(self, seconds: float, answer: bytes, count: list[float]) -> None:
        self.seconds, self.answer, self.count = seconds, answer, count

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """A request."""
        self.count.append(time.perf_counter())
        loop = asyncio.get_running_loop()
        loop.call_later(self.seconds, self.transport.write, self.answer)


class Same(Mix):
    """One request over and over."""

    def __init__(self) -> None:
        """Of no world."""

    def next(self) -> tuple[bytes, Callable[[bytes], None]]:
        """The request."""
        return b"GET / HTTP/1.1\r\n\r\n", lambda answer: None


async def paced(seconds: float, answer: bytes, rate: float) -> tuple[Pace, list[float]]:
    """Half a second at that pace, on such a server; the pace, and when requests came."""
    count: list[float] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Asked(seconds, answer, count), "127.0.0.1", 0)
    pace = Pace(server.sockets[0].getsockname()[1], Same())
    await pace.keep(rate, 0.5)
    await pace.close()
    server.close()
    return pace, count


async def test_requests_come_at_the_pace_whether_the_server_keeps_up_or_not() -> None:
    """More than the connections can carry: who has to wait for one is counted as late."""
    pace, count = await paced(0.01, OK, 200)
    assert len(count) == len(pace.tally.delays) == 100
    assert min(pace.tally.delays) >= 0.01
    pace, count = await paced(0.3, OK, 1000)
    assert len(count) == 500
    assert max(pace.tally.delays) > 0.3 * (500 // CONNECTIONS - 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n{}",
        b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"errors":1}',
    ],
)
async def test_answers_that_are_none_are_counted(answer: bytes) -> None:
    pace, count = await paced(0, answer, 40)
    assert pace.tally.errors == len(count) == 20
    assert pace.tally.first_error


async def test_a_flood_keeps_failures_and_no_delays() -> None:
    count: list[float] = []
    loop = asyncio.get_running_loop()
    bad = b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n{}"
    server = await loop.create_server(lambda: Asked(0.001, bad, count), "127.0.0.1", 0)
    pace = Pace(server.sockets[0].getsockname()[1], Same())
    rate = await pace.flood(0.2)
    await pace.close()
    server.close()
    assert pace.tally.errors == len(count) == pytest.approx(rate * 0.2, rel=0.5)
    assert not pace.tally.delays


async def test_the_pace_follows_the_last_five_soundings() -> None:
    """What was sounded before that no longer counts; a fixed pace follows nothing."""

    class Sounded(Pace):
        found = iter([0.0, 900, 900, 900, 900, 900, 400, 400, 400, 400, 400])

        async def flood(self, seconds: float) -> float:
            return next(self.found)

    class Still:
        delays: ClassVar[list[float]] = []
        arrivals = 0

    pace = Sounded(0, Same())
    run = Run(cast(Process, None), pace, cast(Followers, Still()), 8)
    await run.begin()
    assert (run.capacity, run.rate) == (900, 630)
    for expected in (560, 490, 420, 350, 280):
        await run.sound()
        assert run.rate == pytest.approx(expected)
    assert [each.capacity for each in run.soundings] == [400] * 5
    assert Run(cast(Process, None), pace, cast(Followers, Still()), 8, 500).rate == 500
