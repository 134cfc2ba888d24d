"""Membership rules when many act at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.redis import Redis
from services.failures import Failure, NotFound
from services.permissions import RANK
from services.roles import LastOwner
from services.viewer import Viewer
from tests.services.team import Team

MANY = 20


async def outcomes(calls: Sequence[Awaitable[object]]) -> list[object]:
    """What came of each, all started at once; anything but an expected failure is raised."""
    found = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in found:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Failure):
            raise outcome
    return list(found)


async def owners(team: Team, workspace_id: str) -> int:
    """How many own the workspace."""
    return await team.stores.memberships.owners(workspace_id, limit=0)


async def test_when_all_twenty_owners_leave_at_once_one_stays(mongo: Mongo, redis: Redis) -> None:
    team = Team(mongo, redis)
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    people = [ada]
    for number in range(MANY - 1):
        people.append(await team.join(ada, agency, f"p{number}", Role.OWNER))
    found = await outcomes([team.members.leave(person, agency.id) for person in people])
    refused = [outcome for outcome in found if outcome is not None]
    assert [type(outcome) for outcome in refused] == [LastOwner]
    assert await owners(team, agency.id) == 1


async def test_when_owners_demote_and_remove_each_other_one_stays(
    mongo: Mongo, redis: Redis
) -> None:
    team = Team(mongo, redis)
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    people = [ada]
    for number in range(MANY - 1):
        people.append(await team.join(ada, agency, f"p{number}", Role.OWNER))
    ring: list[tuple[Viewer, Viewer]] = list(zip(people, [*people[1:], people[0]], strict=True))
    calls: list[Awaitable[object]] = [
        team.members.remove(one, agency.id, other.id())
        if number % 2
        else team.members.set_role(one, agency.id, other.id(), Role.VIEWER)
        for number, (one, other) in enumerate(ring)
    ]
    await outcomes(calls)
    assert await owners(team, agency.id) >= 1


async def test_an_invitation_that_is_accepted_twenty_times_at_once_is_good_once(
    mongo: Mongo, redis: Redis
) -> None:
    team = Team(mongo, redis)
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    found = await outcomes([team.answers.accept(bob, made.token) for _ in range(MANY)])
    refused = [outcome for outcome in found if isinstance(outcome, Failure)]
    assert [type(outcome) for outcome in refused] == [NotFound] * (MANY - 1)
    assert (await team.audited(agency)).count("invitation.accepted") == 1
    assert await team.role(bob, agency) is Role.EDITOR


async def test_an_address_that_is_invited_twenty_times_at_once_has_one_invitation(
    mongo: Mongo, redis: Redis
) -> None:
    team = Team(mongo, redis)
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    calls = [
        team.invitations.invite(ada, agency.id, "bob@example.com", Role.VIEWER) for _ in range(MANY)
    ]
    await outcomes(calls)
    assert await team.stores.invitations.count({"workspace_id": agency.id}) == 1


async def test_an_inviter_who_is_demoted_meanwhile_lets_nobody_in_above_them(
    mongo: Mongo, redis: Redis
) -> None:
    """Either the guest was in before the inviter fell, or the token is good no longer."""
    team = Team(mongo, redis)
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    for number in range(5):
        admin = await team.join(ada, agency, f"admin{number}", Role.ADMIN)
        guest = await team.person(f"guest{number}")
        address = f"guest{number}@example.com"
        made = await team.invitations.invite(admin, agency.id, address, Role.ADMIN)
        demotion = team.members.set_role(ada, agency.id, admin.id(), Role.VIEWER)
        await outcomes([demotion, team.answers.accept(guest, made.token)])
        actions = await team.audited(agency)
        fell = len(actions) - actions[::-1].index("member.role_changed")
        if await team.role(guest, agency) is not None:
            came = len(actions) - actions[::-1].index("invitation.accepted")
            assert came < fell
        assert RANK[(await team.role(admin, agency)) or Role.OWNER] == RANK[Role.VIEWER]
