"""Indexes at each start: made wherever missing, and not asked for one by one if all are there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from pymongo import IndexModel

from datasources.collection import Collection, Record
from datasources.migrations import Migrations
from datasources.mongo import Mongo
from server.engines import EngineUrls
from tests.conftest import PATIENCE


class Shelf(Record, frozen=True, kw_only=True):
    """A record with an index."""

    place: str


class Shelves(Collection[Shelf]):
    """Where it is kept."""

    name = "shelves"
    record = Shelf
    indexes: Sequence[IndexModel] = (IndexModel([("place", 1)], name="place"),)


class LaterShelves(Shelves):
    """The same, in a later version."""

    indexes = (*Shelves.indexes, IndexModel([("place", -1)], name="backwards"))


@pytest.fixture
def commands() -> list[str]:
    """The names of the commands that were sent."""
    return []


@pytest.fixture
async def bare(engines: EngineUrls, name: str, commands: list[str]) -> AsyncIterator[Mongo]:
    """A database without anything, whose commands are listed."""

    def seen(name: str, *_: object) -> None:
        commands.append(name)

    mongo = Mongo(engines.mongodb, name, timeout=PATIENCE, seen=seen)
    yield mongo
    await mongo.client.drop_database(name)
    await mongo.close()


async def indexes(mongo: Mongo) -> set[str]:
    """The names of those that are there."""
    return set(await mongo.database.shelves.index_information())


async def start(mongo: Mongo, shelves: type[Shelves] = Shelves) -> None:
    """What every process does when it starts."""
    await Migrations(mongo, [shelves(mongo)]).run()


async def test_indexes_that_are_there_are_not_asked_for_again(
    bare: Mongo, commands: list[str]
) -> None:
    await start(bare)
    assert "createIndexes" in commands
    commands.clear()
    await start(bare)
    assert commands
    assert "createIndexes" not in commands


async def test_an_index_that_somebody_dropped_is_made_again_at_the_next_start(bare: Mongo) -> None:
    await start(bare)
    await bare.database.shelves.drop_index("place")
    await start(bare)
    assert await indexes(bare) == {"_id_", "place"}


async def test_a_collection_that_somebody_dropped_has_its_indexes_again(bare: Mongo) -> None:
    await start(bare)
    await bare.database.shelves.drop()
    await start(bare)
    assert await indexes(bare) == {"_id_", "place"}


async def test_a_later_version_makes_what_it_adds(bare: Mongo) -> None:
    await start(bare)
    await start(bare, LaterShelves)
    assert await indexes(bare) == {"_id_", "place", "backwards"}


async def test_collections_that_came_since_do_not_hide_a_missing_index(bare: Mongo) -> None:
    await start(bare)
    await bare.database.boxes.insert_one({"_id": "one"})
    await start(bare)
    await bare.database.shelves.drop_index("place")
    await start(bare)
    assert await indexes(bare) == {"_id_", "place"}
