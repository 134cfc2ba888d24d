"""Members as they are listed: everyone once, page by page."""

from __future__ import annotations

import pytest

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.pages import Position, Window
from datasources.redis import Redis
from services.cursors import encode, window
from services.members import LISTED
from tests.services.team import Team


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


async def test_members_are_listed_once_with_their_highest_role(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    client = await team.workspace(ada, "Client", below=agency)
    both = await team.join(ada, agency, "both", Role.VIEWER)
    made = await team.invitations.invite(ada, client.id, "both@example.com", Role.ADMIN)
    await team.answers.accept(both, made.token)
    own = await team.join(ada, client, "own", Role.EDITOR)
    page = await team.members.page(ada, client.id, Window(size=10))
    assert [(m.id, m.role, m.inherited, m.workspace_id) for m in page.records] == [
        (ada.id(), Role.OWNER, True, agency.id),
        (both.id(), Role.ADMIN, False, client.id),
        (own.id(), Role.EDITOR, False, client.id),
    ]
    assert not page.has_next


async def test_a_lower_role_of_ones_own_does_not_hide_the_higher_one_above(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    client = await team.workspace(ada, "Client", below=agency)
    made = await team.invitations.invite(ada, client.id, "bob@example.com", Role.VIEWER)
    bob = await team.join(ada, agency, "bob", Role.ADMIN)
    await team.answers.accept(bob, made.token)
    page = await team.members.page(ada, client.id, Window(size=10))
    shown = [(m.role, m.inherited) for m in page.records if m.id == bob.id()]
    assert shown == [(Role.ADMIN, True)]
    assert await team.workspaces.roles(bob, [client.id]) == [Role.ADMIN]


async def test_of_two_equal_roles_the_nearest_is_shown(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    client = await team.workspace(ada, "Client", below=agency)
    bob = await team.join(ada, agency, "bob", Role.EDITOR)
    made = await team.invitations.invite(ada, client.id, "bob@example.com", Role.EDITOR)
    await team.answers.accept(bob, made.token)
    page = await team.members.page(ada, client.id, Window(size=10))
    assert [m.inherited for m in page.records if m.id == bob.id()] == [False]


async def test_pages_of_members_go_both_ways_and_miss_nobody(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    client = await team.workspace(ada, "Client", below=agency)
    people = [ada.id()]
    for number in range(6):
        home = client if number % 2 else agency
        people.append((await team.join(ada, home, f"p{number}")).id())
    found: list[str] = []
    after = None
    while True:
        slice = window(LISTED, first=2, after=after)
        page = await team.members.page(ada, client.id, slice)
        found += [member.id for member in page.records]
        assert page.has_previous is (after is not None)
        if not page.has_next:
            break
        after = cursor_of(page.records[-1].id)
    assert found == sorted(people)
    back = await team.members.page(
        ada, client.id, window(LISTED, last=3, before=cursor_of(found[-1]))
    )
    assert [member.id for member in back.records] == found[-4:-1]
    assert back.has_next and back.has_previous


def cursor_of(id: str) -> str:
    """The cursor of a member."""
    return encode(LISTED, Position(None, id))
