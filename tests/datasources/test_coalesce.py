"""Reads that are asked for while others are under way, and whom they go with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from datasources.coalesce import Coalescer


class Engine:
    """Answers each command when it is told to."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.answering = asyncio.Event()

    async def fetch(self, keys: list[str]) -> Mapping[str, str]:
        """One command."""
        self.commands.append(keys)
        await self.answering.wait()
        return {key: key.upper() for key in keys}


async def turns(count: int = 5) -> None:
    """Let everything run that can."""
    for _ in range(count):
        await asyncio.sleep(0)


async def one_and_two_behind(
    engine: Engine, reads: Coalescer[str, str]
) -> list[asyncio.Task[list[str | None]]]:
    """One whose command is under way, and two who came meanwhile."""
    asked = [asyncio.create_task(reads.get_many(["a"]))]
    await turns()
    asked += [asyncio.create_task(reads.get_many([key])) for key in "bc"]
    await turns()
    assert engine.commands == [["a"]]
    return asked


async def test_those_who_come_while_a_command_is_under_way_go_together_in_the_next() -> None:
    engine = Engine()
    reads = Coalescer(engine.fetch, "letters")
    asked = await one_and_two_behind(engine, reads)
    engine.answering.set()
    assert await asyncio.gather(*asked) == [["A"], ["B"], ["C"]]
    assert engine.commands == [["a"], ["b", "c"]]


async def test_where_somebody_waited_the_next_command_waits_a_moment_for_more() -> None:
    engine = Engine()
    reads = Coalescer(engine.fetch, "letters")
    first = asyncio.create_task(reads.get_many(["a"]))
    await turns()
    second = asyncio.create_task(reads.get_many(["b"]))
    await turns()
    engine.answering.set()
    await first
    late = asyncio.create_task(reads.get_many(["c"]))
    assert (await second, await late) == (["B"], ["C"])
    assert engine.commands == [["a"], ["b", "c"]]


async def test_one_who_asks_alone_waits_for_nobody() -> None:
    engine = Engine()
    engine.answering.set()
    reads = Coalescer(engine.fetch, "letters")
    for key in "abc":
        asked = asyncio.create_task(reads.get_many([key]))
        await turns()
        assert asked.done()
    assert engine.commands == [["a"], ["b"], ["c"]]


async def test_one_who_stops_waiting_takes_nothing_from_the_others() -> None:
    engine = Engine()
    reads = Coalescer(engine.fetch, "letters")
    asked = await one_and_two_behind(engine, reads)
    for gone in asked[:2]:
        gone.cancel()
    await turns()
    engine.answering.set()
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in found[:2]] == [asyncio.CancelledError] * 2
    assert found[2] == ["C"]
    assert await reads.get_many(["d"]) == ["D"]


async def test_what_one_key_does_wrong_is_told_to_nobody_else() -> None:
    asked: list[list[str]] = []

    async def fetch(keys: list[str]) -> Mapping[str, str]:
        asked.append(keys)
        await asyncio.sleep(0)
        if "bad" in keys:
            raise ValueError(keys)
        return {key: key.upper() for key in keys}

    reads = Coalescer(fetch, "letters")
    many = [["a"], ["bad"], ["b", "c"]]
    found = await asyncio.gather(*map(reads.get_many, many), return_exceptions=True)
    assert [found[0], found[2]] == [["A"], ["B", "C"]]
    assert isinstance(found[1], ValueError)
    assert asked == [["a", "bad", "b", "c"], ["a"], ["bad"], ["b", "c"]]
    assert await reads.get_many(["d"]) == ["D"]


async def test_a_command_that_is_long_in_answering_holds_up_nobody() -> None:
    """Others go past it, together; it is answered all the same."""
    engine = Engine()
    reads = Coalescer(engine.fetch, "letters")
    asked = await one_and_two_behind(engine, reads)
    async with asyncio.timeout(20):
        while len(engine.commands) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert engine.commands == [["a"], ["b", "c"]]
    engine.answering.set()
    assert await asyncio.gather(*asked) == [["A"], ["B"], ["C"]]
    assert reads.idle
    assert await reads.get_many(["d"]) == ["D"]


async def test_who_comes_after_an_overdue_command_asks_at_once() -> None:
    engine = Engine()
    reads = Coalescer(engine.fetch, "letters")
    stuck = asyncio.create_task(reads.get_many(["a"]))
    async with asyncio.timeout(20):
        while not reads.idle or not engine.commands:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    later = asyncio.create_task(reads.get_many(["b"]))
    await turns()
    assert engine.commands == [["a"], ["b"]]
    engine.answering.set()
    assert (await stuck, await later) == (["A"], ["B"])
    assert reads.idle
