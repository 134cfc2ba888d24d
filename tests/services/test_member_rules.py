"""Membership rules under any sequence of actions: a model is walked beside the real thing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Iterator
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from datasources.memberships import Membership, Role
from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.stores import Stores
from server.engines import EngineUrls
from services.failures import Failure
from services.permissions import RANK
from tests.cleaning import emptied
from tests.services.team import Team

PEOPLE = 5
people = st.integers(0, PEOPLE - 1)
places = st.integers(0, 1)
roles = st.sampled_from(list(Role))
T = TypeVar("T")


class Walk(RuleBasedStateMachine):
    """Two workspaces, one below the other, and five people who do whatever they may."""

    urls: EngineUrls
    runner: asyncio.Runner
    numbers: Iterator[int]
    spare: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.run(self.begin())

    def run(self, call: Awaitable[T]) -> T:
        """Wait for it."""

        async def wait() -> T:
            return await call

        return self.runner.run(wait())

    async def begin(self) -> None:
        """A database of its own, one owner, four others."""
        walk = f"walk_{next(self.numbers)}"
        self.name = self.spare.pop() if self.spare else walk
        self.mongo = Mongo(self.urls.mongodb, self.name)
        self.redis = Redis(self.urls.redis, walk)
        await Migrations(self.mongo, Stores.on(self.mongo).all()).run()
        self.team = Team(self.mongo, self.redis)
        self.people = [await self.team.person(f"p{number}") for number in range(PEOPLE)]
        top = await self.team.workspace(self.people[0])
        below = await self.team.workspace(self.people[0], "Client", below=top)
        self.places = [top, below]
        self.tokens: list[tuple[str, int, int]] = []

    def teardown(self) -> None:
        """Leave nothing."""
        if self.run(emptied(self.mongo)):
            self.spare.append(self.name)
        self.run(self.mongo.close())
        self.run(self.redis.close())

    def held(self) -> dict[tuple[int, int], Role]:
        """Who holds what where, as it is stored."""
        found: list[Membership] = self.run(self.team.stores.memberships.find({}))
        person = {viewer.id(): number for number, viewer in enumerate(self.people)}
        place = {workspace.id: number for number, workspace in enumerate(self.places)}
        return {
            (person[each.user_id], place[each.workspace_id]): each.role
            for each in found
            if each.workspace_id in place
        }

    def rank(self, person: int, place: int) -> int:
        """How high that person stands there, -1 for not at all."""
        held = self.held()
        return max(
            (RANK[held[person, at]] for at in range(place + 1) if (person, at) in held),
            default=-1,
        )

    def tried(self, call: Awaitable[object]) -> bool:
        """Whether it was done, rather than refused."""
        try:
            self.run(call)
        except Failure:
            return False
        return True

    @rule(who=people, whom=people, place=places, role=roles)
    def invite(self, who: int, whom: int, place: int, role: Role) -> None:
        """An invitation is made by an ADMIN or an OWNER, for at most their own role."""
        rank = self.rank(who, place)
        address = f"p{whom}@example.com"
        viewer, workspace = self.people[who], self.places[place]
        try:
            made = self.run(self.team.invitations.invite(viewer, workspace.id, address, role))
        except Failure:
            return
        assert rank >= RANK[Role.ADMIN]
        assert rank >= RANK[role]
        self.tokens.append((made.token, who, place))

    @rule(who=people, which=st.integers(0, 9))
    def accept(self, who: int, which: int) -> None:
        """Nobody comes in above the one who invited them, as that one stands then."""
        if not self.tokens:
            return
        token, inviter, place = self.tokens[which % len(self.tokens)]
        before = self.held()
        if self.tried(self.team.answers.accept(self.people[who], token)):
            assert (who, place) not in before
            assert RANK[self.held()[who, place]] <= self.rank(inviter, place)

    @rule(who=people, whom=people, place=places, role=roles)
    def set_role(self, who: int, whom: int, place: int, role: Role) -> None:
        """Neither the role that is given nor the one that is taken is above the giver's."""
        rank, before = self.rank(who, place), self.held()
        viewer, other = self.people[who], self.people[whom]
        workspace = self.places[place]
        if self.tried(self.team.members.set_role(viewer, workspace.id, other.id(), role)):
            assert rank >= max(RANK[Role.ADMIN], RANK[role], RANK[before[whom, place]])
            assert self.held() == {**before, (whom, place): role}

    @rule(who=people, whom=people, place=places)
    def remove(self, who: int, whom: int, place: int) -> None:
        """Nobody removes someone who is above them."""
        rank, before = self.rank(who, place), self.held()
        viewer, other = self.people[who], self.people[whom]
        if self.tried(self.team.members.remove(viewer, self.places[place].id, other.id())):
            assert rank >= max(RANK[Role.ADMIN], RANK[before.pop((whom, place))])
        assert self.held() == before

    @rule(who=people, place=places)
    def leave(self, who: int, place: int) -> None:
        """Only the one who leaves is gone."""
        before = self.held()
        if self.tried(self.team.members.leave(self.people[who], self.places[place].id)):
            before.pop((who, place))
        assert self.held() == before

    @invariant()
    def there_is_an_owner(self) -> None:
        """The topmost workspace has an owner of its own, and so those below have one too."""
        owners = [role for (_, place), role in self.held().items() if place == 0]
        assert Role.OWNER in owners


def test_there_is_always_an_owner_and_nobody_comes_in_above_their_inviter(
    engines: EngineUrls, monkeypatch: pytest.MonkeyPatch, spare: list[str]
) -> None:
    with asyncio.Runner() as runner:
        monkeypatch.setattr(Walk, "urls", engines, raising=False)
        monkeypatch.setattr(Walk, "runner", runner, raising=False)
        monkeypatch.setattr(Walk, "spare", spare, raising=False)
        monkeypatch.setattr(Walk, "numbers", itertools.count(1), raising=False)
        run_state_machine_as_test(
            Walk,
            settings=settings(
                max_examples=8,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
