"""AI credits: what models took is told to Stripe, and counted there once."""

from __future__ import annotations

import asyncio
import json

import pytest

from datasources.models import ModelAnswerUnusable
from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.billing_world import METER, BillingWorld, billing_world
from tests.fakes.openai_site import KEY as OPENAI_KEY
from tests.fakes.openai_site import Fault, openai_site
from tests.services.billing_buyers import bought


async def test_credits_are_counted_once_however_often_they_are_sent(world: BillingWorld) -> None:
    _, home = await bought(world)
    credits, uses = world.services.credits, world.backend.stores.credit_uses
    for _ in range(2):
        await credits.use(home, 7, "gen_1")  # the account: a personal workspace is topmost
    world.site.failing = 503
    with pytest.raises(Exception, match="payment service"):
        await credits.send()
    world.site.failing = 0
    assert await credits.send() == 1
    await uses.update({"_id": "gen_1"}, {"$set": {"sent_at": None}})
    assert await credits.send() == 1
    assert await credits.send() == 0
    (told,) = world.site.world.metered.values()
    assert told["event_name"] == METER
    assert told["payload"]["value"] == "7"


async def test_credits_are_counted_once_although_the_answer_was_lost(world: BillingWorld) -> None:
    _, home = await bought(world)
    credits, metered = world.services.credits, world.site.world.metered
    for number in range(12):
        await credits.use(home, number + 1, f"cal_{number}")
    world.site.way = lambda: 60.0
    lost = asyncio.create_task(credits.send())
    while len(metered) < 3:  # noqa: ASYNC110 - Stripe has counted some, and nobody knows
        await asyncio.sleep(0)
    lost.cancel()
    world.site.way = float
    assert await credits.send() == 12
    assert sorted(int(each["payload"]["value"]) for each in metered.values()) == [*range(1, 13)]
    assert await credits.send() == 0


async def test_credits_that_stripe_refuses_are_kept_and_tried_again(world: BillingWorld) -> None:
    _, home = await bought(world)
    credits = world.services.credits
    await credits.use(home, 7, "cal_1")
    world.site.failing = 400
    assert await credits.send() == 1
    world.site.failing = 0
    assert await credits.send() == 0
    world.site.world.advance(0.05)
    assert await credits.send() == 1
    assert list(world.site.world.metered) == ["cal_1"]


async def test_what_models_took_is_metered_but_not_what_failed(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    answers = {"ideas": [{"topic": "Looms", "angle": "How they are built."}]}
    async with openai_site(lambda _: json.dumps(answers)) as models:
        used = {"openai_api_key": OPENAI_KEY, "openai_base_url": models.url}
        async with billing_world(settings, mongo, redis, **used) as world:
            viewer, team = await world.team()
            home, customer = team.id, await world.customer(team.id)
            world.site.world.subscribe(customer, "price_pro_monthly")
            await world.services.reconciliation.run()
            below = await world.services.workspaces.create(viewer, "Below", home, None)
            for place in (home, below.id, below.id):  # the third is remembered from the second
                await world.services.ideas.ideas(viewer, place, "Looms", 1)
            models.faults.extend([Fault(text="no form"), Fault(text="no form")])
            with pytest.raises(ModelAnswerUnusable):
                await world.services.ideas.ideas(viewer, home, "Warps", 1)
            await world.services.credits.send()
            calls = await world.backend.stores.model_calls.find({})
            metered = world.site.world.metered
            told = {id: int(each["payload"]["value"]) for id, each in metered.items()}
            assert told == {call.id: call.cost for call in calls if call.code is None}
            assert len(told) == 2 and len(calls) == 3
            await world.services.models.close()
