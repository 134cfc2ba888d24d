"""What a plan allows holds at the limit, beyond it, and for twenty who ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from datasources.failures import Unavailable
from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from datasources.workspaces import Workspace
from services.entitlements import PlanLimit
from services.plans import PLANS, Limit, enough
from services.viewer import Viewer
from tests.services.team import Team

AT_ONCE = 20


@pytest.fixture
def team(mongo: Mongo, redis: Redis) -> Team:
    """A world on the free plan."""
    return Team(mongo, redis, plan=PlanName.FREE)


async def refused(asked: Awaitable[Any]) -> dict[str, Any]:
    """What comes with the refusal."""
    with pytest.raises(PlanLimit) as failure:
        await asked
    return failure.value.extensions


async def at_once(
    act: Callable[[Place, int], Awaitable[None]], place: Place, callers: Sequence[int]
) -> list[int]:
    """Which of those that ask at once are let through; the others meet the limit."""
    answers = await asyncio.gather(*(insist(act, place, number) for number in callers))
    return [number for number, through in zip(callers, answers, strict=True) if through]


async def insist(act: Callable[[Place, int], Awaitable[None]], place: Place, number: int) -> bool:
    """Whether one is let through; who collided too often asks again, as clients do."""
    while True:
        try:
            await act(place, number)
        except Unavailable:
            continue
        except PlanLimit:
            return False
        return True


async def test_a_plan_says_what_it_allows_and_which_one_would_allow_more(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    for name in ("North", "South"):
        await team.workspace(ada, name, below=agency)
    assert await refused(team.workspace(ada, "East", below=agency)) == {
        "limit": "WORKSPACES",
        "plan": "FREE",
        "allowed": 3,
        "used": 3,
        "upgradeTo": "CREATOR",
    }


async def test_what_someone_begins_anew_counts_with_their_personal_workspace(team: Team) -> None:
    ada = await team.person("ada")
    for name in ("One", "Two"):
        await team.workspace(ada, name)
    assert (await refused(team.workspace(ada, "Three")))["used"] == 3


async def test_invitations_hold_a_place_for_those_who_come(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    first = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.VIEWER)
    await team.invitations.invite(ada, agency.id, "eve@example.com", Role.VIEWER)
    asked = team.invitations.invite(ada, agency.id, "kim@example.com", Role.VIEWER)
    assert (await refused(asked))["limit"] == "MEMBERS"
    await team.answers.accept(await team.person("bob"), first.token)


@dataclass
class Place:
    """A team; tokens to join it with, and workspaces in it that have no brand yet."""

    team: Team
    ada: Viewer
    agency: Workspace
    guests: dict[int, tuple[Viewer, str]] = field(default_factory=dict)
    places: dict[int, Workspace] = field(default_factory=dict)

    async def below(self, number: int) -> None:
        """Make a workspace below."""
        await self.team.workspace(self.ada, f"W{number}", below=self.agency)

    async def topmost(self, number: int) -> None:
        """Make a workspace on its own."""
        await self.team.workspace(self.ada, f"W{number}")

    async def invite(self, number: int) -> None:
        """Invite somebody."""
        address = f"new{number}@example.com"
        await self.team.invitations.invite(self.ada, self.agency.id, address, Role.VIEWER)

    async def brand(self, number: int) -> None:
        """Make a brand."""
        await self.team.brands.create(self.ada, self.agency.id, f"B{number}", None)

    async def meant(self, number: int) -> None:
        """Mean the default brand, of a workspace that has none yet."""
        place = self.places[number]
        await self.team.brands.meant(self.ada, place.id, None)

    async def join(self, number: int) -> None:
        """Accept an invitation."""
        guest, token = self.guests[number]
        await self.team.answers.accept(guest, token)


ACTIONS: dict[str, tuple[Callable[[Place, int], Awaitable[None]], Limit, int]] = {
    "a workspace below": (Place.below, Limit.WORKSPACES, 1),
    "a topmost workspace": (Place.topmost, Limit.WORKSPACES, 2),
    "an invitation": (Place.invite, Limit.MEMBERS, 1),
    "joining": (Place.join, Limit.MEMBERS, 1),
    "a brand": (Place.brand, Limit.BRANDS, 0),
    "a default brand": (Place.meant, Limit.BRANDS, 0),
}
"""What is limited, by what, and how many there are from the start."""


async def place_for(roomy: Team, action: str, before: int) -> Place:
    """A team, `before` of what is limited beside what there is from the start, and who asks."""
    act, *_ = ACTIONS[action]
    ada = await roomy.person("ada")
    place = Place(roomy, ada, await roomy.workspace(ada))
    askers = range(-before, AT_ONCE + 2)
    if action == "joining":
        for number in askers:
            guest, address = await roomy.person(f"p{number}"), f"p{number}@example.com"
            invited = await roomy.invitations.invite(ada, place.agency.id, address, Role.VIEWER)
            place.guests[number] = guest, invited.token
    if action == "a default brand":
        for number in askers:
            place.places[number] = await roomy.workspace(ada, f"W{number}", below=place.agency)
    for number in range(-before, 0):
        await act(place, number)
    return place


@pytest.mark.parametrize("action", ACTIONS)
async def test_twenty_at_once_never_get_beyond_a_limit(team: Team, action: str) -> None:
    """From one below the limit one gets through; from the limit, and beyond it, nobody."""
    act, limit, begun = ACTIONS[action]
    most = PLANS[PlanName.FREE].limit(limit)
    assert most is not None
    roomy = Team(team.mongo, team.redis, plan=PlanName.AGENCY)
    place = await place_for(roomy, action, most - 1 - begun)
    small = replace(place, team=team)
    first = await at_once(act, small, range(AT_ONCE))
    assert len(first) == 1
    waiting = [number for number in range(AT_ONCE + 1) if number not in first]
    assert await at_once(act, small, waiting) == []
    await act(place, AT_ONCE + 1)
    assert await at_once(act, small, waiting) == []


def test_the_smallest_plan_that_is_enough_is_named() -> None:
    assert [enough(Limit.MEMBERS, wanted) for wanted in (3, 4, 6, 26)] == list(PLANS.values())
    assert enough(Limit.AI_BUDGET, 25_001) is None
