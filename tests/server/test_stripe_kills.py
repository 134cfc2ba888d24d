"""kill -9 between what Stripe is answered and what becomes of it: nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import EngineUrls
from tests.client import Client
from tests.fakes.stripe_site import KEY, SECRET, StripeSite, stripe_site
from tests.server.processes import Command, Zygote
from tests.services.telling import until

MINE = "{ me { subscription { plan { name } } } workspaces { edges { node { id } } } }"


def told(site: StripeSite) -> list[tuple[bytes, dict[str, str]]]:
    """All that has happened, as Stripe sends it."""
    sent = []
    for event in site.world.events:
        payload, signature = site.webhook(event, int(time.time()))
        sent.append((payload, {"stripe-signature": signature}))
    site.world.events.clear()
    return sent


def kill(command: Command) -> None:
    """kill -9, the process and all that it began."""
    os.killpg(command.process.pid, signal.SIGKILL)
    command.process.wait()


async def ready(command: Command) -> str:
    """Where it serves."""
    return await asyncio.to_thread(lambda: command.url)


@pytest.mark.parametrize("handling", [False, True], ids=["stored", "being handled"])
async def test_what_was_answered_is_handled_although_the_process_was_killed(
    engines: EngineUrls,
    mongo: Mongo,
    redis: Redis,
    name: str,
    tmp_path: Path,
    forked: Zygote,
    handling: bool,
) -> None:
    """Killed right after the last answer, or while a worker waits for Stripe."""
    async with stripe_site() as site, httpx.AsyncClient(timeout=20) as http:
        site.world.now = int(time.time())
        settings = {
            "MONGODB_URL": engines.mongodb,
            "MONGODB_DATABASE": name,
            "REDIS_URL": engines.redis,
            "REDIS_NAMESPACE": name,
            "REDELIVERY_SECONDS": "1",
            "STRIPE_API_KEY": KEY,
            "STRIPE_API_URL": site.url,
            "STRIPE_WEBHOOK_SECRETS": SECRET,
        }
        with forked(tmp_path, "serve", **settings, WORKER=str(handling).lower()) as first:
            url = await ready(first)
            ada = await Client(url, http).register("ada@example.com")
            home = (await ada.data(MINE))["workspaces"]["edges"][0]["node"]["id"]
            customer = site.world.new_customer("Ada", ada.email, {"workspace_id": home})
            site.world.subscribe(customer["id"], "price_pro_monthly")
            if handling:
                site.held = asyncio.Event()
            for payload, headers in told(site):
                answer = await http.post(f"{url}/webhooks/stripe", content=payload, headers=headers)
                assert answer.status_code == 200
            if handling:
                await until(lambda: asked(site))
            kill(first)
        site.held = None
        with forked(tmp_path, "serve", **settings) as second:
            again = Client(await ready(second), http, ada.token)

            async def felt() -> bool:
                plan: str = (await again.data(MINE))["me"]["subscription"]["plan"]["name"]
                waiting = await mongo.database["stripe_events"].count_documents(
                    {"handled_at": None}
                )
                return plan == "PRO" and waiting == 0

            await until(felt, 40)


async def asked(site: StripeSite) -> bool:
    """Whether a worker waits for Stripe's answer."""
    return bool(site.asked)
