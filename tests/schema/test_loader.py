"""A loader: what is asked for together is read together, and each key once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from schema.loader import Loader


class Source:
    """Names keys in capitals, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.go = asyncio.Event()
        self.go.set()

    async def load(self, keys: list[str]) -> Sequence[Any]:
        self.asked.append(list(keys))
        await self.go.wait()
        if "broken" in keys:
            raise RuntimeError("broken")
        return [KeyError(key) if key == "bad" else key.upper() for key in keys]


async def test_what_is_asked_for_in_one_turn_is_read_at_once_and_each_key_once() -> None:
    source = Source()
    loader = Loader(source.load)
    found = await asyncio.gather(
        loader.load_level(["a", "b", "a"]), loader.load("b"), loader.load_level(["c"])
    )
    assert found == [["A", "B", "A"], "B", ["C"]]
    assert [sorted(keys) for keys in source.asked] == [["a", "b", "c"]]
    assert await loader.load_level(["b", "d"]) == ["B", "D"]
    assert await loader.load("a") == "A"
    assert source.asked[1:] == [["d"]]


async def test_a_key_that_fails_harms_no_other() -> None:
    loader = Loader(Source().load)
    good, bad = await loader.load_level(["good", "bad"])
    assert good == "GOOD" and isinstance(bad, KeyError)
    with pytest.raises(KeyError):
        await loader.load("bad")
    found = await loader.load_level(["broken", "fine"])
    assert [type(each) for each in found] == [RuntimeError, RuntimeError]


async def test_one_who_stops_waiting_takes_nothing_from_the_others() -> None:
    source = Source()
    source.go.clear()
    loader = Loader(source.load)
    impatient = asyncio.create_task(loader.load_level(["a"]))
    patient = asyncio.create_task(loader.load_level(["a", "b"]))
    while not source.asked:  # noqa: ASYNC110 - nothing tells that it was asked
        await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    source.go.set()
    assert await patient == ["A", "B"]
