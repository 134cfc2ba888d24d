"""Changing a plan, at once or with its period, and what that costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from datasources.billing import BillingInterval
from datasources.plan_names import PlanName
from services.billing import Held
from services.billing_failures import (
    PaymentFailed,
    PaymentIsDisputed,
)
from services.failures import BadInput
from tests.billing_world import BillingWorld
from tests.fakes.stripe_prices import PRICES
from tests.services.billing_buyers import bought, plan

MONTHLY, YEARLY = BillingInterval.MONTHLY, BillingInterval.YEARLY


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
