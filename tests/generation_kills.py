"""Generation under kill -9 of the worker: the processes, the kills, and what came of it."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

from datasources.content import Platform
from datasources.mongo import Mongo
from datasources.tracked_jobs import OPEN, JobState
from server.compose import Backend
from server.settings import Settings
from services.generation_request import GenerationRequest
from services.sessions import Client as Device
from services.viewer import Viewer
from tests.billing_world import billed
from tests.client import PASSWORD
from tests.conftest import serving
from tests.fakes.openai_site import KEY, Body, OpenAISite, openai_site
from tests.fakes.stripe_site import stripe_site
from tests.fakes.stripe_world import StripeWorld
from tests.publishing_kills import hasten
from tests.server.processes import Command

Start: TypeAlias = Callable[..., AbstractContextManager[Command]]
"""Starts `brandgraph`: in a folder, with arguments and settings."""

WORDS = ("loom", "warp", "weft", "reed", "shuttle", "thread", "pick", "heddle")
SLOW = 0.15
"""Seconds that the model takes: long enough to be killed in the middle."""


def write(body: Body) -> str:
    """Another text for each topic."""
    topic = body["messages"][1]["content"].split("\n")[1]
    words = random.Random(topic).sample(WORDS, 5)
    return json.dumps({"versions": [{"title": None, "body": f"{topic}: {' '.join(words)}."}]})


def environment(settings: Settings, site: OpenAISite) -> dict[str, str]:
    """What a worker's process is told."""
    return {
        "BRANDGRAPH_ENV": "test",
        "DATA_DIR": str(settings.data_dir),
        "MONGODB_URL": settings.mongodb_url,
        "MONGODB_DATABASE": settings.mongodb_database,
        "REDIS_URL": settings.redis_url,
        "REDIS_NAMESPACE": settings.redis_namespace,
        "AUTH_KEYS": "test:" + "k" * 32,
        "REDELIVERY_SECONDS": "1",
        "ENGINE_TIMEOUT_SECONDS": "5",
        "JOBS_PER_WORKSPACE": "8",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": site.url,
        "OPENAI_EMBEDDING_DIMENSION": "8",
        "STRIPE_API_KEY": settings.stripe_api_key,
        "STRIPE_API_URL": settings.stripe_api_url,
        "STRIPE_CREDITS_METER": settings.stripe_credits_meter,
    }


class Siege:
    """Generations that are under way while their workers die."""

    def __init__(
        self,
        made: Backend,
        site: OpenAISite,
        stripe: StripeWorld,
        start: Callable[[], AbstractContextManager[Command]],
    ) -> None:
        self._made = made
        self._site = site
        self._stripe = stripe
        self._start = start
        self._jobs: list[str] = []
        self.kills = 0

    async def start(self, count: int) -> None:
        """Ask for so many."""
        services = self._made.services
        signed_in = await services.accounts.register("ada@example.com", PASSWORD, "Ada", Device())
        viewer = Viewer(user_id=signed_in.user.id)
        home = signed_in.user.personal_workspace_id
        customer = self._stripe.new_customer("Ada", "ada@example.com", {"workspace_id": home})
        self._stripe.subscribe(customer["id"], "price_agency_monthly")
        await services.reconciliation.run()
        for number in range(count):
            request = GenerationRequest.checked(f"Loom {number}", Platform.X, variants=0)
            job = await services.generation.start(viewer, home, request)
            self._jobs.append(job.id)

    @contextmanager
    def worker(self) -> Iterator[Command]:
        """Another worker, killed at the end of the block."""
        with self._start() as worker:
            yield worker
            worker.stop(signal.SIGKILL)

    async def kill(self, times: int, chance: random.Random) -> None:
        """Kill so many workers, each somewhere in the middle of what it does."""
        for _ in range(times):
            asked = len(self._site.asked)
            with self.worker():
                async with asyncio.timeout(40):
                    while len(self._site.asked) == asked and await self._open():  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                await asyncio.sleep(chance.uniform(0, 3 * SLOW))
            self.kills += 1

    async def finish(self, seconds: float) -> None:
        """Have the rest done."""
        with self.worker():
            async with asyncio.timeout(seconds):
                while await self._open():  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        await self._made.services.credits.send()

    async def check(self) -> str:
        """Assert that each has ended once, and was charged and metered once; the figures."""
        stores = self._made.stores
        jobs = await stores.tracked_jobs.find({})
        assert {job.state for job in jobs} == {JobState.SUCCEEDED}
        pieces = await stores.contents.find({})
        made = Counter(piece.generated.job_id for piece in pieces if piece.generated)
        assert made == Counter(self._jobs)
        calls = await stores.model_calls.find({})
        charged = Counter((call.job_id, call.model) for call in calls)
        assert set(charged.values()) == {1}
        assert {job for job, _ in charged} == set(self._jobs)
        (budget,) = await stores.budgets.find({})
        assert budget.spent == sum(call.cost for call in calls) == sum(job.cost for job in jobs)
        metered = {id: int(e["payload"]["value"]) for id, e in self._stripe.metered.items()}
        assert metered == {call.id: call.cost for call in calls if call.cost}
        return (
            f"{self.kills} kills; {len(jobs)} generations, each with one draft and charged once; "
            f"{len(metered)} calls metered; "
            f"the model was asked {len(self._site.asked)} times; attempts "
            f"{dict(sorted(Counter(job.attempt for job in jobs).items()))}"
        )

    async def _open(self) -> int:
        wanted: dict[str, Any] = {"state": {"$in": list(OPEN)}}
        return await self._made.stores.tracked_jobs.count(wanted)


@asynccontextmanager
async def hastened(mongo: Mongo) -> AsyncIterator[None]:
    """The locks of the dead are let go of soon, for as long as the block."""
    lifetime = "transactionLifetimeLimitSeconds"
    found = await mongo.client.admin.command({"getParameter": 1, lifetime: 1})
    await hasten(mongo)
    try:
        yield
    finally:
        await mongo.client.admin.command({"setParameter": 1, lifetime: found[lifetime]})


async def besiege(
    settings: Settings, mongo: Mongo, start: Start, count: int, kills: int, seconds: float
) -> str:
    """So many generations under so many kills; the figures."""
    async with hastened(mongo), openai_site(write) as site, stripe_site() as stripe:
        site.delay = SLOW
        stripe.world.now = int(time.time())
        given = billed(settings, stripe.url)
        environ = environment(given, site)
        own = replace(given, worker=False, openai_api_key=KEY, openai_base_url=site.url)
        async with serving(own) as server:
            siege = Siege(
                server.backend,
                site,
                stripe.world,
                lambda: start(settings.data_dir, "worker", **environ),
            )
            await siege.start(count)
            await siege.kill(kills, random.Random(6))
            await siege.finish(seconds)
            return await siege.check()
