"""Whole lives of subscriptions, against a Stripe with state and a clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from datasources.billing import BillingInterval, SubscriptionStatus
from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from datasources.stripe_reading import lookup_key
from server.settings import Settings
from services.billing_failures import (
    AlreadySubscribed,
    BillingNotConfigured,
    NotSubscribed,
)
from services.failures import BadInput
from services.read_only import ReadOnly
from tests.billing_world import BillingWorld, billing_world
from tests.fakes import stripe_changes as customers
from tests.fakes.stripe_prices import PRICES
from tests.services.billing_buyers import bought, plan

MONTHLY, YEARLY = BillingInterval.MONTHLY, BillingInterval.YEARLY


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
