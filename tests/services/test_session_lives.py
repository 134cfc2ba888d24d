"""Whole lives of sessions, drawn at random, against a model of a dozen lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import EngineUrls
from services.failures import Unauthenticated
from services.sessions import Client, Grant
from services.viewer import ANONYMOUS
from tests.services.people import People

T = TypeVar("T")

GRACE = timedelta(seconds=10)
LIFE = timedelta(days=30)
TOKEN = timedelta(minutes=15)


@dataclass
class Model:
    """What one session should be: its refresh tokens, the last one good; its access tokens."""

    rotated_at: datetime
    chain: list[str] = field(default_factory=list)
    access: list[tuple[str, datetime]] = field(default_factory=list)
    over: bool = False

    def keep(self, grant: Grant, now: datetime) -> None:
        """Remember what was handed out."""
        if grant.refresh_token not in self.chain:
            self.chain.append(grant.refresh_token)
            self.rotated_at = now
        self.access.append((grant.access_token, now + TOKEN))


class Lives(RuleBasedStateMachine):
    """Two devices refresh, repeat themselves, wait and end; nothing else may be let in."""

    engines: EngineUrls
    database: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.mongo = Mongo(self.engines.mongodb, self.database)
        self.redis = Redis(self.engines.redis, self.database)
        self.people = People(self.mongo, self.redis)
        self.models: list[Model] = []

    def run(self, work: Awaitable[T]) -> T:
        """Wait for it."""

        async def waited() -> T:
            return await work

        return self.runner.run(waited())

    def teardown(self) -> None:
        """Give the sockets back."""
        self.run(self.mongo.close())
        self.run(self.redis.close())
        self.runner.close()

    @initialize()
    def sign_in(self) -> None:
        """Two devices of two people."""
        for _ in range(2):
            user = self.people.new_id("usr")
            grant = self.run(self.people.sessions.open(user, Client()))
            model = Model(self.people.clock())
            model.keep(grant, self.people.clock())
            self.models.append(model)

    @rule(which=st.integers(0, 1), back=st.integers(0, 3))
    def refresh(self, which: int, back: int) -> None:
        """Present the newest refresh token, or one of those before it."""
        model, now = self.models[which], self.people.clock()
        back = min(back, len(model.chain) - 1)
        token = model.chain[-1 - back]
        alive = not model.over and now < model.rotated_at + LIFE
        spent_now = back == 1 and now - model.rotated_at <= GRACE
        try:
            grant = self.run(self.people.sessions.refresh(token))
        except Unauthenticated:
            assert not alive or (back and not spent_now)
            model.over = True
        else:
            assert alive
            assert back == 0 or spent_now
            assert (grant.refresh_token == model.chain[-1]) == (back == 1)
            model.keep(grant, now)

    @rule(which=st.integers(0, 1), turns=st.integers(2, 4))
    def tabs(self, which: int, turns: int) -> None:
        """Present the newest token several times at once."""
        model, now = self.models[which], self.people.clock()
        if model.over or now >= model.rotated_at + LIFE:
            return
        token = model.chain[-1]

        async def together() -> list[Grant]:
            refresh = self.people.sessions.refresh
            return await asyncio.gather(*(refresh(token) for _ in range(turns)))

        for grant in self.run(together()):
            model.keep(grant, now)
        assert model.chain[-2] == token

    @rule(seconds=st.sampled_from([1, 9, 10, 11, 400, 1000, 86_400 * 20]))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.people.clock.forward(seconds=seconds)

    @precondition(lambda self: not all(model.over for model in self.models))
    @rule(which=st.integers(0, 1))
    def sign_out(self, which: int) -> None:
        """End one session by its newest token."""
        model = self.models[which]
        if self.people.clock() < model.rotated_at + LIFE:
            self.run(self.people.sessions.close(ANONYMOUS, model.chain[-1]))
            model.over = True

    @invariant()
    def only_what_is_good_is_let_in(self) -> None:
        """An access token works until its time, or its session, is over."""
        now = self.people.clock()
        for model in self.models:
            for token, ends in model.access[-6:]:
                assert self.run(self.let_in(token)) == (not model.over and now < ends)

    async def let_in(self, token: str) -> bool:
        """Whether a request with that access token is let in."""
        try:
            return (await self.people.viewer(token)).signed_in
        except Unauthenticated:
            return False


def test_sessions_live_and_end_as_the_model_says(
    mongo: Mongo, engines: EngineUrls, name: str
) -> None:
    """Whatever the order of refreshes, repeats, waits and sign-outs."""
    assert mongo.database.name == name

    class Here(Lives):
        """On the engines of this run."""

    Here.engines, Here.database = engines, name
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
