"""What a smaller plan has no place for: read-only, never deleted, and open again at once."""

from __future__ import annotations

import pytest

from datasources.billing import BillingInterval
from datasources.brands import StrategyPart
from datasources.plan_names import PlanName
from services.entitlements import PlanLimit
from services.plans import Limit
from services.read_only import ReadOnly
from tests.billing_world import BillingWorld
from tests.fakes import stripe_changes as customers
from tests.services.billing_buyers import bought

MONTHLY = BillingInterval.MONTHLY


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
