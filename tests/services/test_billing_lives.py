"""Whole lives of subscriptions, against a Stripe with state and a clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from datasources.billing import BillingInterval, SubscriptionStatus
from datasources.brands import StrategyPart
from datasources.failures import Unavailable
from datasources.models import ModelAnswerUnusable
from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from datasources.stripe_reading import lookup_key
from server.settings import Settings
from services.billing import Held
from services.billing_failures import (
    AlreadySubscribed,
    BillingNotConfigured,
    NotSubscribed,
    PaymentFailed,
    PaymentIsDisputed,
)
from services.entitlements import PlanLimit
from services.failures import BadInput
from services.plans import Limit
from services.read_only import ReadOnly
from services.viewer import Viewer
from tests.billing_world import METER, BillingWorld, billing_world
from tests.fakes import stripe_changes as customers
from tests.fakes.openai_site import KEY as OPENAI_KEY
from tests.fakes.openai_site import Fault, openai_site
from tests.fakes.stripe_world import PRICES

MONTHLY, YEARLY = BillingInterval.MONTHLY, BillingInterval.YEARLY


@pytest.fixture
async def world(settings: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[BillingWorld]:
    """Stripe, and a server that sells there without trials."""
    async with billing_world(settings, mongo, redis) as world:
        yield world


async def bought(
    world: BillingWorld,
    plan: PlanName = PlanName.PRO,
    *,
    coupon: str | None = None,
) -> tuple[Viewer, str]:
    """Somebody who has just bought that plan for their personal workspace."""
    viewer, home = await world.person()
    url = await world.services.purchases.checkout(viewer, home, plan, MONTHLY, coupon=coupon)
    customers.finish_checkout(world.site.world, url.rpartition("/")[2])
    await world.happened()
    return viewer, home


async def plan(world: BillingWorld, home: str) -> PlanName:
    """The plan that holds there."""
    return (await world.services.entitlements.plan_of(home)).name


async def test_whoever_buys_has_the_plan_once_stripe_says_so(world: BillingWorld) -> None:
    viewer, home = await world.person()
    assert await plan(world, home) is PlanName.FREE
    url = await world.services.purchases.checkout(viewer, home, PlanName.PRO, MONTHLY)
    assert await plan(world, home) is PlanName.FREE
    customers.finish_checkout(world.site.world, url.rpartition("/")[2])
    await world.happened()
    held = await world.services.billing.subscription(viewer, home)
    assert held.standing.plan is PlanName.PRO
    assert held.standing.status is SubscriptionStatus.ACTIVE
    assert held.account.bought
    assert held.account.bought.current_period_end == world.clock() + timedelta(days=30)
    with pytest.raises(AlreadySubscribed):
        await world.services.purchases.checkout(viewer, home, PlanName.PRO, MONTHLY)


async def test_asking_twice_makes_one_customer_and_one_page(world: BillingWorld) -> None:
    viewer, home = await world.person()
    buy = world.services.purchases.checkout
    first = await buy(viewer, home, PlanName.PRO, MONTHLY)
    assert await buy(viewer, home, PlanName.PRO, MONTHLY) == first
    assert await buy(viewer, home, PlanName.PRO, YEARLY) != first
    assert len(world.site.world.customers) == 1
    assert len(world.site.world.sessions) == 2


async def test_a_first_subscription_begins_with_a_trial_and_a_second_does_not(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    async with billing_world(settings, mongo, redis, stripe_trial_days=14) as world:
        viewer, home = await bought(world)
        held = await world.services.billing.subscription(viewer, home)
        assert held.standing.status is SubscriptionStatus.TRIALING
        world.site.world.advance(11)
        await world.happened()
        assert await world.told(viewer) == ["TRIAL_ENDS"]
        world.site.world.advance(4)
        await world.happened()
        held = await world.services.billing.subscription(viewer, home)
        assert held.standing.status is SubscriptionStatus.ACTIVE
        await world.services.purchases.cancel(viewer, home, at_once=True)
        await world.services.purchases.checkout(viewer, home, PlanName.PRO, MONTHLY)
        assert [each["trial_days"] for each in world.site.world.sessions.values()] == [14, 0]


async def test_a_change_costs_what_the_preview_said(world: BillingWorld) -> None:
    viewer, home = await bought(world, PlanName.CREATOR)
    world.site.world.advance(15)
    plan_changes = world.services.plan_changes
    quote = await plan_changes.quote(viewer, home, PlanName.PRO, MONTHLY)
    assert quote.invoice.amount_due == (PRICES["pro"] - PRICES["creator"]) / 2
    world.site.world.advance(1 / 48)
    held = await plan_changes.change(viewer, home, PlanName.PRO, MONTHLY, quote.at)
    assert held.standing.plan is PlanName.PRO
    invoice = (await world.services.billing.invoices(viewer, home, 1, None))[0]
    assert invoice.total == quote.invoice.total
    world.site.world.advance(1)
    with pytest.raises(BadInput):
        await plan_changes.change(viewer, home, PlanName.AGENCY, MONTHLY, quote.at)


async def test_a_smaller_plan_is_credited_and_then_costs_less(world: BillingWorld) -> None:
    viewer, home = await bought(world)
    world.site.world.advance(15)
    quote = await world.services.plan_changes.quote(viewer, home, PlanName.CREATOR, MONTHLY)
    assert quote.invoice.total == (PRICES["creator"] - PRICES["pro"]) / 2
    held = await world.services.plan_changes.change(viewer, home, PlanName.CREATOR, MONTHLY)
    assert held.standing.plan is PlanName.CREATOR
    world.site.world.advance(15)
    due = (await world.services.billing.invoices(viewer, home, 1, None))[0].amount_due
    assert due == PRICES["creator"] + quote.invoice.total


async def test_a_change_can_wait_for_the_end_of_the_period(world: BillingWorld) -> None:
    viewer, home = await bought(world)
    changes, stripe = world.services.plan_changes, world.site.world
    ends = world.clock() + timedelta(days=30)
    stripe.advance(10)
    quote = await changes.quote(viewer, home, PlanName.CREATOR, YEARLY, at_period_end=True)
    assert (quote.invoice.total, quote.effective_at) == (PRICES["creator"] * 10, ends)
    held = await changes.plan(viewer, home, PlanName.CREATOR, YEARLY)
    assert held.standing.plan is PlanName.PRO
    assert held.account.bought and held.account.bought.planned
    planned = held.account.bought.planned
    assert (planned.plan, planned.interval, planned.at) == (PlanName.CREATOR, YEARLY, ends)
    assert await world.services.reconciliation.run() == []
    stripe.advance(20)
    await world.happened()
    assert await plan(world, home) is PlanName.CREATOR
    latest, *_ = await world.services.billing.invoices(viewer, home, 10, None)
    assert latest.total == quote.invoice.total
    assert (await world.account(home)).bought.planned is None  # type: ignore[union-attr]


async def test_what_was_to_change_is_taken_back_by_whatever_is_chosen_next(
    world: BillingWorld,
) -> None:
    viewer, home = await bought(world)
    changes, purchases = world.services.plan_changes, world.services.purchases
    takes_back: dict[str, Callable[[], Awaitable[Held]]] = {
        "the plan that there is": lambda: changes.plan(viewer, home, PlanName.PRO, MONTHLY),
        "going on": lambda: purchases.resume(viewer, home),
        "another one": lambda: changes.plan(viewer, home, PlanName.AGENCY, YEARLY),
        "ending": lambda: purchases.cancel(viewer, home, at_once=False),
        "at once": lambda: changes.change(viewer, home, PlanName.AGENCY, MONTHLY),
    }
    wanted = [(None, False), (None, False), (PlanName.AGENCY, False), (None, True), (None, False)]
    for (name, choose), expected in zip(takes_back.items(), wanted, strict=True):
        planned = await changes.plan(viewer, home, PlanName.CREATOR, MONTHLY)
        assert planned.account.bought and planned.account.bought.planned, name
        assert not planned.account.bought.cancel_at_period_end, name
        found = (await choose()).account.bought
        assert found is not None
        next_plan = found.planned.plan if found.planned else None
        assert (next_plan, found.cancel_at_period_end) == expected, name
    assert await plan(world, home) is PlanName.AGENCY


async def test_a_card_that_is_declined_changes_nothing(world: BillingWorld) -> None:
    viewer, home = await bought(world, PlanName.CREATOR)
    world.site.world.cards[await world.customer(home)] = "declined"
    with pytest.raises(PaymentFailed, match="declined"):
        await world.services.plan_changes.change(viewer, home, PlanName.PRO, MONTHLY)
    await world.happened()
    assert await plan(world, home) is PlanName.CREATOR


async def test_who_cannot_pay_has_days_of_grace_and_recovers(world: BillingWorld) -> None:
    viewer, home = await bought(world)
    stripe, services = world.site.world, world.services
    customer = await world.customer(home)
    stripe.exhausted = "unpaid"
    stripe.cards[customer] = "declined"
    stripe.advance(30)
    await world.happened()
    held = await services.billing.subscription(viewer, home)
    assert held.standing.status is SubscriptionStatus.PAST_DUE
    assert held.standing.grace_ends_at == world.clock() + timedelta(days=7)
    assert held.standing.plan is PlanName.PRO
    assert await services.reconciliation.lapse() == 0
    stripe.advance(7)
    await world.happened()
    assert await services.reconciliation.lapse() == 1
    assert (await services.workspaces.get(viewer, home)).read_only
    with pytest.raises(ReadOnly):
        await services.workspaces.create(viewer, "Another", None, None)
    stripe.advance(5)
    await world.happened()
    assert (await world.account(home)).bought.status is SubscriptionStatus.UNPAID  # type: ignore[union-attr]
    customers.pay_what_is_open(stripe, customer)
    await world.happened()
    held = await services.billing.subscription(viewer, home)
    assert held.standing.status is SubscriptionStatus.ACTIVE
    assert not (await services.workspaces.get(viewer, home)).read_only
    assert await world.told(viewer) == ["PAYMENT_FAILED", "PLAN_LAPSED"]


async def test_who_never_pays_ends_on_the_free_plan(world: BillingWorld) -> None:
    viewer, home = await bought(world)
    world.site.world.cards[await world.customer(home)] = "declined"
    world.site.world.advance(45)
    await world.happened()
    assert await plan(world, home) is PlanName.FREE
    assert "PLAN_ENDED" in await world.told(viewer)


async def test_canceling_lets_the_period_end_and_can_be_taken_back(world: BillingWorld) -> None:
    viewer, home = await bought(world)
    purchases = world.services.purchases
    held = await purchases.cancel(viewer, home, at_once=False)
    assert held.account.bought and held.account.bought.cancel_at_period_end
    held = await purchases.resume(viewer, home)
    assert held.account.bought and not held.account.bought.cancel_at_period_end
    await purchases.cancel(viewer, home, at_once=False)
    world.site.world.advance(31)
    await world.happened()
    assert await plan(world, home) is PlanName.FREE
    with pytest.raises(NotSubscribed):
        await purchases.resume(viewer, home)
    url = await purchases.checkout(viewer, home, PlanName.AGENCY, YEARLY)
    customers.finish_checkout(world.site.world, url.rpartition("/")[2])
    await world.happened()
    assert await plan(world, home) is PlanName.AGENCY


async def test_a_plan_cannot_be_changed_while_a_payment_is_disputed(world: BillingWorld) -> None:
    viewer, home = await bought(world)
    dispute = world.site.world.dispute(await world.customer(home))
    await world.happened()
    assert (await world.services.billing.subscription(viewer, home)).disputed
    with pytest.raises(PaymentIsDisputed):
        await world.services.plan_changes.change(viewer, home, PlanName.AGENCY, MONTHLY)
    world.site.world.settle(dispute, won=True)
    await world.happened()
    assert not (await world.services.billing.subscription(viewer, home)).disputed
    await world.services.plan_changes.change(viewer, home, PlanName.AGENCY, MONTHLY)
    assert await world.told(viewer) == ["PAYMENT_DISPUTED"]


async def test_a_coupon_is_taken_off_and_an_unknown_one_refused(world: BillingWorld) -> None:
    stripe = world.site.world
    stripe.promotions["promo_1"] = {"id": "promo_1", "code": "LOOM", "off": 0.5}
    viewer, home = await bought(world, coupon="LOOM")
    invoice = (await world.services.billing.invoices(viewer, home, 1, None))[0]
    assert invoice.total == PRICES["pro"] / 2
    other, away = await world.person()
    with pytest.raises(BadInput, match="coupon"):
        await world.services.purchases.checkout(
            other, away, PlanName.PRO, MONTHLY, coupon="NOTHING"
        )


async def test_of_two_subscriptions_the_later_one_stays(world: BillingWorld) -> None:
    viewer, home = await world.person()
    urls = [
        await world.services.purchases.checkout(viewer, home, each, MONTHLY)
        for each in (PlanName.CREATOR, PlanName.PRO)
    ]
    for url in urls:
        customers.finish_checkout(world.site.world, url.rpartition("/")[2])
        world.site.world.advance(0.01)
    await world.happened()
    await world.happened()
    assert await plan(world, home) is PlanName.PRO
    states = [each["status"] for each in world.site.world.subscriptions.values()]
    assert states == ["canceled", "active"]


async def test_a_customer_who_was_deleted_at_stripe_is_free_and_can_buy_again(
    world: BillingWorld,
) -> None:
    viewer, home = await bought(world)
    world.site.world.remove_customer(await world.customer(home))
    await world.happened()
    assert await plan(world, home) is PlanName.FREE
    url = await world.services.purchases.checkout(viewer, home, PlanName.PRO, MONTHLY)
    customers.finish_checkout(world.site.world, url.rpartition("/")[2])
    await world.happened()
    assert await plan(world, home) is PlanName.PRO


@pytest.mark.parametrize("known", [True, False], ids=["deleted", "made with another key"])
async def test_a_customer_who_is_gone_before_any_event_says_so_is_made_anew(
    world: BillingWorld, known: bool
) -> None:
    viewer, home = await world.person()
    purchases, stripe = world.services.purchases, world.site.world
    await purchases.portal(viewer, home)
    before = await world.customer(home)
    if known:
        stripe.remove_customer(before)
    else:
        del stripe.customers[before]
    assert await purchases.checkout(viewer, home, PlanName.PRO, MONTHLY)
    assert await world.customer(home) != before
    assert stripe.customers[await world.customer(home)]["metadata"] == {"workspace_id": home}


async def test_a_key_that_stripe_refuses_is_our_trouble_and_not_the_buyers(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    async with billing_world(settings, mongo, redis, stripe_api_key="sk_wrong") as world:
        viewer, home = await world.person()
        with pytest.raises(Unavailable):
            await world.services.purchases.portal(viewer, home)


async def test_a_smaller_plan_makes_the_excess_read_only_until_it_is_resolved(
    world: BillingWorld,
) -> None:
    viewer, team = await world.team()
    services, stripe = world.services, world.site.world
    url = await services.purchases.checkout(viewer, team.id, PlanName.PRO, MONTHLY)
    customers.finish_checkout(stripe, url.rpartition("/")[2])
    await world.happened()
    below = [await services.workspaces.create(viewer, f"W{n}", team.id, None) for n in range(4)]
    await services.purchases.cancel(viewer, team.id, at_once=True)
    late = {each.id for each in below[2:]}
    excess = (await world.account(team.id)).excess
    assert {name: set(ids) for name, ids in excess.items()} == {Limit.WORKSPACES: late}
    for each in below:
        assert (await services.workspaces.get(viewer, each.id)).read_only is (each.id in late)
    with pytest.raises(PlanLimit):
        await services.workspaces.create(viewer, "More", team.id, None)
    for each in below[:2]:
        await services.workspace_deletion.delete(viewer, each.id)
    assert (await world.account(team.id)).excess == {}
    assert not (await services.workspaces.get(viewer, below[3].id)).read_only


async def test_a_brand_that_is_too_much_is_refused_changes_until_there_is_room(
    world: BillingWorld,
) -> None:
    viewer, home = await bought(world)
    services = world.services
    brands = [await services.brands.create(viewer, home, f"B{n}", None) for n in range(3)]
    open_one = await services.assessments.start(viewer, brands[2])
    await services.purchases.cancel(viewer, home, at_once=True)
    first, *late = [each.id for each in brands]
    assert (await world.account(home)).excess == {Limit.BRANDS: late}
    held = await services.billing.entitlements(viewer, home)
    assert await services.billing.to_resolve(viewer, held.account) == {Limit.BRANDS: late}
    stranger, _ = await world.person()
    assert await services.billing.to_resolve(stranger, held.account) is None
    for id in late:
        assert (await services.brands.get(viewer, id)).read_only
        refused = (
            services.brands.update(viewer, id, 1, {"name": "Other"}),
            services.brands.write(viewer, brands[1], 1, {"name": "Other"}, "brand.updated"),
            services.brands.meant(viewer, home, id),
            services.strategies.edit(viewer, id, 1, {}, [StrategyPart.TONE]),
            services.assessments.answer(viewer, open_one.id, {}),
        )
        for change in refused:
            with pytest.raises(ReadOnly):
                await change
    await services.brands.update(viewer, first, 1, {"name": "Other"})
    await services.brands.delete(viewer, first)
    assert (await world.account(home)).excess == {Limit.BRANDS: late[1:]}
    assert (await services.brands.update(viewer, late[0], 1, {"name": "Now"})).name == "Now"
    await services.brands.delete(viewer, late[1])
    assert (await world.account(home)).excess == {}


async def test_a_larger_plan_opens_brands_again(world: BillingWorld) -> None:
    viewer, home = await bought(world)
    services = world.services
    brands = [await services.brands.create(viewer, home, f"B{n}", None) for n in range(2)]
    await services.purchases.cancel(viewer, home, at_once=True)
    assert (await services.brands.get(viewer, brands[1].id)).read_only
    world.site.world.subscribe(await world.customer(home), "price_creator_monthly")
    await world.happened()
    assert not (await services.brands.get(viewer, brands[1].id)).read_only


async def test_an_answer_that_was_long_on_its_way_does_not_replace_a_newer_one(
    world: BillingWorld,
) -> None:
    _, home = await bought(world)
    answered: list[float] = []

    def slowly() -> float:
        answered.append(0.5)
        return 0.5

    world.site.way = slowly
    late = asyncio.create_task(world.services.stripe_inbox.accounts.refresh(home))
    while len(answered) < 2:  # noqa: ASYNC110 - both are on their way
        await asyncio.sleep(0)
    world.site.way = float
    stripe = world.site.world
    stripe.cancel(next(iter(stripe.subscriptions.values())))
    await world.happened()
    await late
    assert await plan(world, home) is PlanName.FREE


async def test_the_night_finds_what_no_event_told(world: BillingWorld) -> None:
    _, home = await bought(world)
    _, away = await world.person()
    stripe = world.site.world
    stripe.change(stripe.subscriptions[(await world.account(home)).bought.id], status="past_due")  # type: ignore[union-attr]
    stripe.subscribe(await world.customer(away), stripe.prices["price_creator_yearly"]["id"])
    world.fresh()
    found = await world.services.reconciliation.run()
    assert {each.account_id: each.here for each in found} == {
        home: "PRO MONTHLY ACTIVE",
        away: "nothing",
    }
    assert await plan(world, away) is PlanName.CREATOR
    assert (await world.account(home)).bought.status is SubscriptionStatus.PAST_DUE  # type: ignore[union-attr]
    assert await world.services.reconciliation.run() == []


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


async def test_credits_are_a_line_of_the_subscription_that_changes_its_interval_with_it(
    world: BillingWorld,
) -> None:
    viewer, home = await bought(world)
    changes, stripe = world.services.plan_changes, world.site.world

    def lines() -> list[str]:
        (subscription,) = stripe.subscriptions.values()
        return [each["price"]["id"] for each in subscription["items"]["data"]]

    assert lines() == ["price_pro_monthly", "price_credits_monthly"]
    await changes.change(viewer, home, PlanName.AGENCY, MONTHLY)
    assert lines() == ["price_agency_monthly", "price_credits_monthly"]
    await changes.change(viewer, home, PlanName.PRO, YEARLY)
    assert lines() == ["price_pro_yearly", "price_credits_yearly"]
    held = await changes.plan(viewer, home, PlanName.CREATOR, MONTHLY)
    assert held.account.bought and held.account.bought.planned
    assert held.account.bought.planned.plan is PlanName.CREATOR
    stripe.advance(366)
    await world.happened()
    assert lines() == ["price_creator_monthly", "price_credits_monthly"]
    assert await plan(world, home) is PlanName.CREATOR


async def test_a_workspace_that_ends_takes_its_customer_along(world: BillingWorld) -> None:
    viewer, team = await world.team()
    await world.services.purchases.portal(viewer, team.id)
    customer = await world.customer(team.id)
    await world.services.workspace_deletion.delete(viewer, team.id)
    (job,) = await world.backend.stores.jobs.find({"task": "stripe_goodbye"})
    for _ in range(2):
        await world.services.stripe_goodbyes.say(**job.arguments)
    assert world.site.world.customers[customer]["deleted"]


async def test_where_nothing_is_sold_plans_hold_and_buying_says_so(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    closed = {"stripe_api_key": "", "default_plan": PlanName.CREATOR}
    async with billing_world(settings, mongo, redis, **closed) as world:
        viewer, home = await world.person()
        assert await plan(world, home) is PlanName.CREATOR
        with pytest.raises(BillingNotConfigured):
            await world.services.purchases.checkout(viewer, home, PlanName.PRO, MONTHLY)
        assert await world.services.billing.prices() == ()
        assert not world.site.asked


def test_a_price_is_found_by_the_name_that_it_has_at_stripe() -> None:
    assert lookup_key(PlanName.PRO, YEARLY) == "brandgraph_pro_yearly"
