"""Reads by id of several collections that are asked for at the same time: one command for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.collection import Collection, Record
from datasources.joined_reads import JOINED
from datasources.mongo import Mongo
from server.engines import EngineUrls


class Thing(Record, frozen=True, kw_only=True):
    """What is kept here: a word, or something that is no word."""

    word: str


class Shelf(Collection[Thing]):
    """Things of one collection."""

    record = Thing

    def __init__(self, mongo: Mongo, name: str) -> None:
        self.name = name
        super().__init__(mongo)


@dataclass
class Shelves:
    """Three collections, of which two know the same id, and the commands that they are sent."""

    mongo: Mongo
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.all = [Shelf(self.mongo, name) for name in ("shelf_a", "shelf_b", "shelf_c")]

    async def words(self, shelf: int, *ids: str) -> list[str | None]:
        """What these are, None for those that are not there."""
        found = await self.all[shelf].get_many(ids)
        return [None if each is None else each.word for each in found]


@pytest.fixture
async def shelves(mongo: Mongo, engines: EngineUrls) -> AsyncIterator[Shelves]:
    """Three shelves of ten things each."""
    names: list[str] = []
    listened = Mongo(engines.mongodb, mongo.database.name, seen=lambda name, *_: names.append(name))
    made = Shelves(listened, names)
    for number, shelf in enumerate(made.all):
        await shelf.insert_many(Thing(id=f"t{n}", word=f"{number}-{n}") for n in range(10))
    names.clear()
    yield made
    for shelf in made.all:
        await mongo.database.drop_collection(shelf.name)
    await listened.close()


async def test_ids_of_three_collections_are_read_by_one_command(shelves: Shelves) -> None:
    """Each gets its own, though others have the same ids, and None for what is not there."""
    found = await asyncio.gather(
        shelves.words(0, "t1", "t2"), shelves.words(1, "t1", "gone"), shelves.words(2, "gone")
    )
    assert shelves.names == ["aggregate"]
    assert list(found) == [["0-1", "0-2"], ["1-1", None], [None]]


async def test_ids_of_one_collection_are_a_find(shelves: Shelves) -> None:
    await asyncio.gather(shelves.words(0, "t1"), shelves.words(0, "t2"))
    assert shelves.names == ["find"]


async def test_who_comes_while_a_command_is_under_way_goes_with_the_next(shelves: Shelves) -> None:
    first = asyncio.create_task(shelves.words(0, "t1"))
    for _ in range(8):  # turns of the loop: it has left
        await asyncio.sleep(0)
    found = await asyncio.gather(first, shelves.words(1, "t2"), shelves.words(2, "t3"))
    assert list(found) == [["0-1"], ["1-2"], ["2-3"]]
    assert shelves.names == ["find", "aggregate"]


async def test_who_asks_for_very_many_holds_up_nobody(shelves: Shelves) -> None:
    many = [f"t{number}" for number in range(JOINED + 1)]
    all, few = await asyncio.gather(shelves.words(0, *many), shelves.words(1, "t1"))
    assert sorted(shelves.names) == ["find", "find"]
    assert (all[:2], all[-1], few) == (["0-0", "0-1"], None, ["1-1"])


async def test_what_cannot_be_read_harms_only_those_who_asked_for_it(shelves: Shelves) -> None:
    await shelves.all[1].raw.insert_one({"_id": "broken", "word": 7})
    broken, sound = await asyncio.gather(
        shelves.words(1, "broken"), shelves.words(0, "t1"), return_exceptions=True
    )
    assert isinstance(broken, Exception)
    assert sound == ["0-1"]


async def test_a_transaction_asks_alone(shelves: Shelves) -> None:
    """What it has written it sees, and nobody else does."""

    async def change() -> list[str | None]:
        await shelves.all[0].insert(Thing(id="new", word="0-new"))
        return await shelves.words(0, "new")

    inside, outside = await asyncio.gather(shelves.mongo.transact(change), shelves.words(0, "none"))
    assert (inside, outside) == (["0-new"], [None])


ASKED = st.lists(
    st.tuples(
        st.integers(0, 2), st.lists(st.sampled_from([f"t{n}" for n in range(12)]), max_size=4)
    ),
    max_size=8,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asked=ASKED)
async def test_together_or_alone_the_answers_are_the_same(shelves: Shelves, asked: Any) -> None:
    together = await asyncio.gather(*(shelves.words(shelf, *ids) for shelf, ids in asked))
    assert together == [await shelves.words(shelf, *ids) for shelf, ids in asked]
