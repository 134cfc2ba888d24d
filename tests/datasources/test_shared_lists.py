"""Lists that are asked for at the same time: one command for all, each with what is its own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datasources.collection import Filter
from datasources.content import Content, Contents, ContentStatus, ContentType, Metadata, Platform
from datasources.lists import Asked, Key, Lists, Shape, keyed
from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo
from datasources.stores import Stores
from server.engines import EngineUrls

START = datetime(2026, 1, 1, tzinfo=UTC)
LATEST = [("created_at", -1), ("_id", -1)]
SHOWN: Filter = {"$ne": "ARCHIVED"}


class Commands:
    """The names of the commands that were sent."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, name: str, seconds: float, done: bool) -> None:
        self.names.append(name)


def piece(home: str, number: int) -> Content:
    """A piece of a workspace; each third one is in the archive."""
    at = START + timedelta(minutes=number % 7)
    return Content(
        id=f"cnt_{home}_{number:06}",
        workspace_id=home,
        author_id="usr_1",
        type=ContentType.POST,
        title=None,
        body="words",
        platforms=[Platform.FEED],
        tags=[],
        metadata=Metadata(word_count=1, reading_time=1, hashtags=[], mentions=[], lengths=[]),
        status=ContentStatus.ARCHIVED if number % 3 == 0 else ContentStatus.DRAFT,
        created_at=at,
        updated_at=at,
    )


async def ids(contents: Contents, home: str, limit: int = 5, skip: int = 0) -> list[str]:
    """A workspace's list."""
    found = await contents.find(
        {"workspace_id": home, "status": SHOWN}, sort=LATEST, limit=limit, skip=skip
    )
    return [record.id for record in found]


@pytest.fixture
async def listened(mongo: Mongo, engines: EngineUrls) -> Any:
    """The same database, and the commands that it is sent."""
    commands = Commands()
    other = Mongo(engines.mongodb, mongo.database.name, seen=commands)
    contents = Contents(other)
    for home in "abcdefgh":
        await contents.insert_many(piece(home, number) for number in range(30))
    await contents.find({"workspace_id": "a"}, limit=1)
    commands.names.clear()
    yield contents, commands
    await other.close()


async def test_lists_of_many_workspaces_are_read_at_once(listened: Any) -> None:
    contents, commands = listened
    found = await asyncio.gather(*(ids(contents, home) for home in "abcdefgh"))
    assert commands.names == ["aggregate"]
    assert found == [await ids(contents, home) for home in "abcdefgh"]
    assert all(len(each) == 5 for each in found)
    assert await asyncio.gather(*(ids(contents, home) for home in ("a", "nowhere"))) == [
        found[0],
        [],
    ]


async def test_a_list_alone_is_read_as_ever(listened: Any) -> None:
    contents, commands = listened
    await asyncio.gather(*(ids(contents, "a") for _ in range(8)))
    assert commands.names == ["find"]


async def test_lists_of_another_shape_are_not_mixed(listened: Any) -> None:
    contents, _ = listened
    shapes = [(5, 0), (5, 5), (9, 0), (9, 3)]
    asked = [(home, *shape) for home in "abcd" for shape in shapes]
    found = await asyncio.gather(*(ids(contents, *each) for each in asked))
    assert found == [await ids(contents, *each) for each in asked]


async def test_a_transaction_reads_its_lists_alone(listened: Any) -> None:
    contents, _ = listened

    async def change() -> list[str]:
        await contents.insert(piece("a", 1000))
        return await ids(contents, "a", 100)

    outside = asyncio.create_task(ids(contents, "b", 100))
    assert "cnt_a_001000" in await contents.mongo.transact(change)
    assert len(await outside) == 20


async def test_the_lists_of_many_workspaces_come_from_an_index_in_its_order(mongo: Mongo) -> None:
    contents = Contents(mongo)
    await contents.insert_many(piece(home, number) for home in "abcd" for number in range(200))
    found = keyed(Asked({"workspace_id": "a", "status": SHOWN}, LATEST, 5, 0))
    assert found is not None
    told = await mongo.database.command(
        {
            "explain": {
                "aggregate": 1,
                "pipeline": found[1].command("content", ["a", "b", "c"]),
                "cursor": {},
            },
            "verbosity": "executionStats",
        }
    )
    looked = next(stage for stage in told["stages"] if "$lookup" in stage)
    assert looked["indexesUsed"] == ["by_created_at"]
    assert looked["collectionScans"] == 0
    assert looked["totalDocsExamined"] <= 3 * 5 * 3


async def test_people_of_several_levels_are_read_at_once_too(mongo: Mongo) -> None:
    """The members of many workspaces, each with those above: a list in which any of some do."""
    memberships = Stores.on(mongo).memberships
    homes = ("top", "one", "two", "three")
    await memberships.insert_many(
        Membership(
            id=membership_id(home, f"usr_{number:03}"),
            workspace_id=home,
            user_id=f"usr_{number:03}",
            role=Role.VIEWER,
            created_at=START,
        )
        for offset, home in enumerate(homes)
        for number in range(offset, 60, offset + 1)
    )

    async def people(path: list[str]) -> list[list[str]]:
        found = await memberships.people(path, after=None, before=None, from_end=False, limit=9)
        return [sorted(each.id for each in held) for held in found]

    paths = [["top"], ["top", "one"], ["top", "two"], ["three"]]
    together = await asyncio.gather(*map(people, paths))
    assert together == [await people(path) for path in paths]


async def test_a_list_that_fails_harms_no_other() -> None:
    asked: list[object] = []

    async def alone(one: Asked) -> list[str]:
        asked.append(one.filter["home"])
        if one.filter["home"] == "bad":
            raise ValueError("bad")
        return [f"of {one.filter['home']}"]

    async def together(shape: Shape, keys: Any) -> list[list[str]]:
        asked.append(list(keys))
        raise ValueError("one of them is bad")

    lists: Lists[str] = Lists(alone, together, "tests")
    homes = ["good", "bad", "fine"]
    found = await asyncio.gather(
        *(lists.find(Asked({"home": home}, (), 5, 0)) for home in homes), return_exceptions=True
    )
    assert asked == [homes, *homes]
    assert [found[0], found[2]] == [["of good"], ["of fine"]]
    assert isinstance(found[1], ValueError)
    assert not lists._shapes


@pytest.mark.parametrize(
    ("wanted", "limit", "key"),
    [
        ({"home": "a", "x": 1}, 5, "a"),
        ({"home": {"$in": ["a", "b"]}}, 5, ("a", "b")),
        ({"home": "a"}, 0, None),
        ({"home": 7}, 5, None),
        ({"home": {"$in": []}}, 5, None),
        ({"home": {"$in": [1]}}, 5, None),
        ({"home": {"$gt": "a"}}, 5, None),
        ({"_id": "a"}, 5, None),
        ({"$and": [{"home": "a"}]}, 5, None),
        ({"home": "a", "$text": {"$search": "x"}}, 5, None),
        ({}, 5, None),
    ],
)
def test_a_list_is_shared_by_the_value_of_its_first_field(
    wanted: Filter, limit: int, key: Key | None
) -> None:
    found = keyed(Asked(wanted, (), limit, 0))
    assert (found and found[0]) == key
