"""Reads that are asked for beside the question whether the caller may have them."""

from __future__ import annotations

import asyncio

import pytest

from datasources.content import ContentType
from datasources.memberships import Role, membership_id
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.workspaces import Workspace
from services.drafts import Draft
from services.failures import Forbidden, NotFound
from services.homes import Homes
from services.permissions import Permission
from services.viewer import Viewer
from tests.services.team import Team

READ, WRITE = Permission.CONTENT_READ, Permission.CONTENT_WRITE


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


class Asked:
    """A read that notes what becomes of it."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.became = "not begun"

    async def __call__(self) -> str:
        try:
            if self.failure is not None:
                raise self.failure
            self.became = "begun"
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.became = "given up"
            raise
        return "read"


async def reader(team: Team) -> tuple[Viewer, Workspace]:
    """Somebody who may read, and not write, in a workspace of somebody else's."""
    ada = await team.person("ada")
    home = await team.workspace(ada)
    return await team.join(ada, home, "vic", Role.VIEWER), home


async def test_a_read_for_somebody_who_may_not_have_it_is_given_up(team: Team) -> None:
    viewer, home = await reader(team)
    asked = Asked()
    with pytest.raises(Forbidden):
        await team.access.guard(viewer, WRITE, home.id, asked)
    assert asked.became == "given up"


async def test_what_the_check_says_comes_before_what_the_read_says(team: Team) -> None:
    """So a failure tells a stranger nothing. Whoever may read is told it."""
    viewer, home = await reader(team)
    with pytest.raises(Forbidden):
        await team.access.guard(viewer, WRITE, home.id, Asked(LookupError("secret")))
    with pytest.raises(LookupError):
        await team.access.guard(viewer, READ, home.id, Asked(LookupError("secret")))


async def test_in_a_transaction_nothing_is_asked_before_the_check_has_passed(team: Team) -> None:
    """A session of the database takes one question at a time."""
    viewer, home = await reader(team)
    asked = Asked()
    with pytest.raises(Forbidden):
        await team.mongo.transact(lambda: team.access.guard(viewer, WRITE, home.id, asked))
    assert asked.became == "not begun"


async def test_a_piece_that_was_seen_before_is_read_with_the_role_of_now(team: Team) -> None:
    """Where it was is remembered; who may read there, and whether it is there, is not."""
    ada = await team.person("ada")
    home, other = await team.workspace(ada), await team.workspace(ada, "Other")
    vic = await team.join(ada, home, "vic", Role.VIEWER)
    draft = Draft.checked(ContentType.POST, None, "Looms", [], [])
    piece = await team.content.create(ada, home.id, draft)
    assert (await team.content.get(vic, piece.id)).body == "Looms"
    with pytest.raises(Forbidden):
        await team.content.get(vic, piece.id, WRITE)
    await team.stores.memberships.delete(membership_id(home.id, vic.id()))
    with pytest.raises(NotFound):
        await team.content.get(vic, piece.id)
    moved = {"$set": {"workspace_id": other.id, "body": "Moved"}}
    await team.stores.contents.update({"_id": piece.id}, moved)
    assert (await team.content.get(ada, piece.id)).body == "Moved"
    await team.stores.contents.delete(piece.id)
    with pytest.raises(NotFound):
        await team.content.get(ada, piece.id)


def test_no_more_homes_are_remembered_than_there_is_room_for() -> None:
    """Those that were asked for longest ago go first."""
    homes = Homes(most=2)
    homes.seen("a", "one")
    homes.seen("b", "one")
    homes.seen("a", "two")
    homes.seen("c", "one")
    assert [homes.of(each) for each in "abc"] == ["two", None, "one"]
