"""What a plan allows holds at the limit, beyond it, and for twenty who ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from datasources.workspaces import Workspace
from services.entitlements import PlanLimit
from services.plans import PLANS, Limit, enough
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


async def at_once(ask: Callable[[int], Awaitable[Any]]) -> int:
    """How many of twenty that ask at once are let through; the others meet the limit."""
    asked = (ask(number) for number in range(AT_ONCE))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    wrong = [each for each in answers if isinstance(each, Exception)]
    assert all(isinstance(each, PlanLimit) for each in wrong), wrong
    return AT_ONCE - len(wrong)


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


async def test_twenty_at_once_never_make_more_workspaces_than_the_plan_has(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    assert await at_once(lambda n: team.workspace(ada, f"W{n}", below=agency)) == 2
    assert await team.stores.workspaces.count({"path": agency.id}) == 3


async def test_invitations_hold_a_place_for_those_who_come(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    first = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.VIEWER)
    await team.invitations.invite(ada, agency.id, "eve@example.com", Role.VIEWER)
    asked = team.invitations.invite(ada, agency.id, "kim@example.com", Role.VIEWER)
    assert (await refused(asked))["limit"] == "MEMBERS"
    await team.answers.accept(await team.person("bob"), first.token)


async def test_twenty_who_are_invited_at_once_never_become_too_many(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    people = [await team.person(f"p{number}") for number in range(AT_ONCE)]
    tokens = await invite_all(team, agency, len(people))
    joined = await at_once(lambda n: team.answers.accept(people[n], tokens[n]))
    assert joined + 1 == PLANS[PlanName.FREE].limit(Limit.MEMBERS)
    assert len(await team.stores.memberships.people_in([agency.id])) == joined + 1


async def invite_all(team: Team, agency: Workspace, number: int) -> list[str]:
    """Tokens of invitations that were made while the plan was larger."""
    roomy = Team(team.mongo, team.redis, plan=PlanName.AGENCY)
    ada = team.person_of(agency)
    invited = [
        await roomy.invitations.invite(ada, agency.id, f"p{each}@example.com", Role.VIEWER)
        for each in range(number)
    ]
    return [each.token for each in invited]


def test_the_smallest_plan_that_is_enough_is_named() -> None:
    assert [enough(Limit.MEMBERS, wanted) for wanted in (3, 4, 6, 26)] == list(PLANS.values())
    assert enough(Limit.AI_BUDGET, 25_001) is None
