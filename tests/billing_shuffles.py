"""Lives of two customers, step by step the same: one's events come in order, the other's do not."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from datasources.memberships import Membership, Role, membership_id
from datasources.workspaces import Workspace
from tests.billing_world import BillingWorld
from tests.fakes import stripe_changes as customers
from tests.fakes.stripe_prices import Thing
from tests.fakes.stripe_world import StripeWorld

Step = Callable[[StripeWorld, str], None]
PRICES = ("price_creator_monthly", "price_pro_monthly", "price_pro_yearly", "price_agency_monthly")


def live(world: StripeWorld, customer: str) -> Thing | None:
    """The customer's subscription that has not ended, if there is one."""
    ended = ("canceled", "incomplete", "incomplete_expired")
    found = [s for s in world.of(world.subscriptions, customer) if s["status"] not in ended]
    return found[0] if found else None


def subscribe(price: str, trial: int = 0) -> Step:
    """Buy, unless something is bought."""

    def step(world: StripeWorld, customer: str) -> None:
        if live(world, customer) is None:
            world.subscribe(customer, price, trial)

    return step


def change(price: str) -> Step:
    """Upgrade or downgrade."""

    def step(world: StripeWorld, customer: str) -> None:
        if (found := live(world, customer)) and found["items"]["data"][0]["price"]["id"] != price:
            unplan(world, customer)
            try:
                customers.change_price(world, found, world.prices[price], world.now)
            except customers.CardDeclined:
                return

    return step


def plan(price: str) -> Step:
    """Change with the period to come, unless that is planned or the end is near."""

    def step(world: StripeWorld, customer: str) -> None:
        found = live(world, customer)
        if found is None or found["schedule"] or found["cancel_at_period_end"]:
            return
        if found["status"] in ("active", "trialing"):
            now = found["items"]["data"][0]["price"]["id"]
            made = customers.schedule(world, found)
            running = {**made["phases"][0], "items": [{"price": now}]}
            customers.set_phases(world, made, [running, {"items": [{"price": price}]}])

    return step


def unplan(world: StripeWorld, customer: str) -> None:
    """Go on as it is after all."""
    if (found := live(world, customer)) and found["schedule"]:
        customers.release(world, world.schedules[found["schedule"]])


def card(kind: str) -> Step:
    """Another card."""

    def step(world: StripeWorld, customer: str) -> None:
        world.cards[customer] = kind

    return step


def ending(ends: bool) -> Step:
    """Cancel at the end of the period, or take that back."""

    def step(world: StripeWorld, customer: str) -> None:
        if (found := live(world, customer)) and found["schedule"] is None:
            world.change(found, cancel_at_period_end=ends)

    return step


def cancel(world: StripeWorld, customer: str) -> None:
    """End it at once."""
    if found := live(world, customer):
        world.cancel(found)


def dispute(world: StripeWorld, customer: str) -> None:
    """Want the last payment back."""
    if world.of(world.charges, customer):
        world.dispute(customer)


def settle(world: StripeWorld, customer: str) -> None:
    """The bank decides the first dispute that is open."""
    charges = {each["id"] for each in world.of(world.charges, customer)}
    for each in world.disputes.values():
        if each["charge"] in charges and each["status"] == "needs_response":
            world.settle(each, won=True)
            return


WHOLE: list[tuple[Step, float]] = [
    (subscribe("price_creator_monthly", 14), 15),
    (change("price_pro_monthly"), 10),
    (card("declined"), 30),
    (customers.pay_what_is_open, 5),
    (ending(True), 31),
    (subscribe("price_agency_monthly"), 3),
    (plan("price_creator_yearly"), 31),
    (dispute, 3),
    (settle, 1),
    (cancel, 1),
    (subscribe("price_pro_yearly"), 2),
]
"""Subscribe on trial, upgrade, fail to pay, recover, cancel, buy again, plan to change, dispute:
each step and the days behind it."""

ANY: list[Step] = [
    *(subscribe(price) for price in PRICES),
    *(change(price) for price in PRICES),
    *(plan(price) for price in PRICES),
    unplan,
    *(card(kind) for kind in ("good", "declined", "challenged")),
    ending(True),
    ending(False),
    cancel,
    dispute,
    settle,
    customers.pay_what_is_open,
]


@dataclass
class Shuffle:
    """One run. Of the second customer's events some come late, twice, together, in any order."""

    world: BillingWorld
    mark: str
    chance: random.Random
    waiting: list[Thing] = field(default_factory=list)
    flying: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self) -> tuple[object, object]:
        """What is kept of both in the end."""
        stripe = self.world.anew(self.mark)
        self.world.site.way = lambda: self.chance.choice((0, 0, 0, 0, 0.005, 0.05))
        pair = [await self._begin(each) for each in ("a", "b")]
        steps = WHOLE if self.chance.random() < 0.3 else self._random_life()
        for step, days in steps:
            for _, customer in pair:
                step(stripe, customer)
            await self._tell(pair[0][1])
            stripe.advance(days)
            await self._tell(pair[0][1])
            await self.world.services.reconciliation.lapse()
        while self.waiting:
            await self._some_arrive(0.5)
        await asyncio.gather(*self.flying)
        await self.world.services.reconciliation.lapse()
        return await self.world.state(pair[0][0]), await self.world.state(pair[1][0])

    async def _begin(self, name: str) -> tuple[str, str]:
        """An account, with more workspaces and people than the free plan has; and its customer."""
        stores, now = self.world.backend.stores, self.world.clock()
        ids = [f"wsp_{self.mark}{name}{number}" for number in range(5)]
        top = ids[0]
        await stores.workspaces.insert_many(
            Workspace(
                id=id,
                name=id,
                path=[top] if id == top else [top, id],
                created_by=None,
                created_at=now,
                updated_at=now,
            )
            for id in ids
        )
        people = [f"usr_{self.mark}{name}{number}" for number in range(5)]
        await stores.memberships.insert_many(
            Membership(
                id=membership_id(top, user),
                workspace_id=top,
                user_id=user,
                role=Role.EDITOR if number else Role.OWNER,
                created_at=now,
            )
            for number, user in enumerate(people)
        )
        return top, await self.world.customer(top)

    def _random_life(self) -> list[tuple[Step, float]]:
        length = self.chance.randint(3, 10)
        days = (0, 0.5, 3, 8, 31)
        return [(self.chance.choice(ANY), self.chance.choice(days)) for _ in range(length)]

    async def _tell(self, orderly: str) -> None:
        """One's events arrive as they are told; the other's wait, or some of them come."""
        for event in self.world.fresh():
            if self._whose(event) == orderly:
                await self.world.deliver([event])
            else:
                self.waiting += [event] * self.chance.choice((1, 1, 1, 2, 3))
        await self._some_arrive(0.3)

    async def _some_arrive(self, part: float) -> None:
        self.chance.shuffle(self.waiting)
        number = sum(self.chance.random() < part for _ in self.waiting)
        now, self.waiting = self.waiting[:number], self.waiting[number:]
        how = self.chance.random()
        if how < 0.3:
            await self.world.deliver(now)
        elif how < 0.6:
            self.flying += [asyncio.create_task(self.world.deliver([each])) for each in now]
        else:
            for start in range(0, len(now), 4):
                await asyncio.gather(*(self.world.deliver([e]) for e in now[start : start + 4]))

    def _whose(self, event: Thing) -> str:
        thing = event["data"]["object"]
        if "charge" in thing:
            return str(self.world.site.world.charges[thing["charge"]]["customer"])
        return str(thing["id"] if thing.get("object") == "customer" else thing["customer"])


async def shuffled(worlds: Sequence[BillingWorld], seeds: Iterable[int]) -> int:
    """How many events were handled over those lives, each ending as its orderly twin.

    Each world lives one life after the other, beside the others: most of a life is waiting.
    """
    waiting, handled = iter(seeds), 0

    async def live_on(world: BillingWorld) -> None:
        nonlocal handled
        for seed in waiting:
            orderly, other = await Shuffle(world, f"{seed}x", random.Random(seed)).run()
            assert other == orderly, f"seed {seed}"
            handled += len(world.site.world.events)
            await world.backend.stores.billing_accounts.delete_many({})  # another clock begins

    async with asyncio.TaskGroup() as lives:
        for world in worlds:
            lives.create_task(live_on(world))
    return handled
