"""A server's services and a Stripe, on one clock: events are delivered as a test wants them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from datasources.billing import BillingAccount
from datasources.jobs import JobQueue
from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from datasources.workspaces import Workspace
from server.backend import Backend
from server.compose import assemble
from server.settings import Settings
from services.services import Services
from services.sessions import Client
from services.viewer import Viewer
from tests.cleaning import migrated
from tests.client import PASSWORD
from tests.fakes.stripe_prices import Thing
from tests.fakes.stripe_site import KEY, SECRET, StripeSite, stripe_site
from tests.fakes.stripe_world import StripeWorld

METER = "brandgraph_ai_credits"


@dataclass
class BillingWorld:
    """`site` is Stripe; the services take their time from its clock. No worker runs."""

    site: StripeSite
    backend: Backend
    delivered: int = 0
    people: int = field(default=0)

    @property
    def services(self) -> Services:
        """What the server can do."""
        return self.backend.services

    def clock(self) -> datetime:
        """Stripe's time."""
        return datetime.fromtimestamp(self.site.world.now, UTC)

    def anew(self, mark: str) -> StripeWorld:
        """Another Stripe in the place of this one, with other ids."""
        self.site.world, self.delivered = StripeWorld(mark=mark), 0
        return self.site.world

    async def person(self) -> tuple[Viewer, str]:
        """Somebody with an account, and their personal workspace."""
        self.people += 1
        address = f"p{self.people}@example.com"
        signed = await self.services.accounts.register(address, PASSWORD, "Ada", Client())
        return Viewer(user_id=signed.user.id), signed.user.personal_workspace_id

    async def team(self) -> tuple[Viewer, Workspace]:
        """Somebody who owns a topmost workspace."""
        viewer, _ = await self.person()
        return viewer, await self.services.workspaces.create(viewer, "Agency", None, None)

    async def account(self, id: str) -> BillingAccount:
        """An account as it is stored."""
        return await self.backend.stores.billing_accounts.get(id) or BillingAccount(id=id)

    async def customer(self, account_id: str) -> str:
        """The account's customer at Stripe; one is made where it has none."""
        known = (await self.account(account_id)).customer_id
        if known is not None:
            return known
        made = self.site.world.new_customer("A", "a@x.test", {"workspace_id": account_id})
        id: str = made["id"]
        return id

    def fresh(self) -> list[Thing]:
        """The events that Stripe has told since this was asked last."""
        events = self.site.world.events[self.delivered :]
        self.delivered = len(self.site.world.events)
        return events

    async def receive(self, event: Thing) -> None:
        """Let an event arrive: it is stored, and its job is asked for."""
        payload, signature = self.site.webhook(event, self.site.world.now)
        await self.services.stripe_webhook.receive(payload, signature)

    async def deliver(self, events: Sequence[Thing]) -> None:
        """Let events arrive, and be handled, one after the other."""
        for event in events:
            await self.receive(event)
            await self.services.stripe_inbox.handle(event["id"])

    async def happened(self) -> None:
        """Deliver all that has happened, in the order that it did."""
        await self.deliver(self.fresh())

    async def told(self, viewer: Viewer) -> list[str]:
        """What this person was notified of, in order."""
        wanted = {"user_id": viewer.id()}
        found = await self.backend.stores.notifications.find(wanted, sort=[("_id", 1)])
        return [each.kind.value for each in found]

    async def state(self, account_id: str) -> dict[str, Any]:
        """All that is kept of an account and its workspaces, without ids, to be compared."""
        stores, account = self.backend.stores, await self.account(account_id)
        below = await stores.workspaces.find({"path": account_id}, sort=[("_id", 1)])
        ids = [each.id for each in below]
        held = await stores.memberships.find({"workspace_id": {"$in": ids}}, sort=[("_id", 1)])
        return {
            "bought": account.bought and replace_ids(account.bought),
            "customer": account.customer_id is not None,
            "disputes": sorted(account.disputes.values()),
            "lapsed": account.lapsed,
            "excess": {
                name: sorted(ids.index(id) if id in ids else -1 for id in found)
                for name, found in account.excess.items()
            },
            "workspaces": [each.read_only for each in below],
            "members": [each.read_only for each in held],
        }


def replace_ids(bought: Any) -> tuple[Any, ...]:
    """A subscription without Stripe's ids."""
    fields = ("plan", "interval", "price_id", "status", "current_period_end")
    times = ("cancel_at_period_end", "trial_end", "past_due_since", "planned", "created")
    return tuple(getattr(bought, name) for name in (*fields, *times))


def billed(settings: Settings, url: str, **more: Any) -> Settings:
    """Settings of a server that sells plans at that Stripe."""
    sold: dict[str, Any] = {
        "stripe_api_key": KEY,
        "stripe_api_url": url,
        "stripe_webhook_secrets": (SECRET,),
        "stripe_credits_meter": METER,
        "stripe_trial_days": 0,
        "default_plan": PlanName.FREE,
    }
    return replace(settings, **{**sold, **more})


@asynccontextmanager
async def billing_world(
    settings: Settings, mongo: Mongo, redis: Redis, **more: Any
) -> AsyncIterator[BillingWorld]:
    """The world on this database."""
    async with stripe_site() as site:
        queue = JobQueue(redis)

        def clock() -> datetime:
            return datetime.fromtimestamp(site.world.now, UTC)

        made = assemble(billed(settings, site.url, **more), mongo, redis, queue, clock)
        try:
            yield BillingWorld(site, made)
        finally:
            await made.services.billing.close()
            await asyncio.sleep(0)


@asynccontextmanager
async def billing_worlds(
    settings: Settings, mongo: Mongo, redis: Redis, number: int
) -> AsyncIterator[list[BillingWorld]]:
    """So many worlds, each with a Stripe, a clock and a database of its own."""
    async with AsyncExitStack() as stack:
        worlds = [await stack.enter_async_context(billing_world(settings, mongo, redis))]
        for place in range(1, number):
            name = f"{mongo.database.name}_{place}"
            own = Mongo(settings.mongodb_url, name, timeout=settings.engine_timeout_seconds)
            await stack.enter_async_context(migrated(own))
            worlds.append(await stack.enter_async_context(billing_world(settings, own, redis)))
        yield worlds
