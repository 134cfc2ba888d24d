"""Somebody who has bought a plan, for the tests of what becomes of it."""

from __future__ import annotations

from datasources.billing import BillingInterval
from datasources.plan_names import PlanName
from services.viewer import Viewer
from tests.billing_world import BillingWorld
from tests.fakes import stripe_changes as customers

MONTHLY = BillingInterval.MONTHLY


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
