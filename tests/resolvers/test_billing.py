"""Billing through the graph: what anyone may see, what owners do, and what is told of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.billing_world import billed
from tests.client import Client
from tests.conftest import Running, serving
from tests.fakes import stripe_changes as customers
from tests.fakes.stripe_site import StripeSite, stripe_site
from tests.services.telling import until

CHECKOUT = """mutation { createCheckoutSession(plan: PRO, interval: MONTHLY) { url } }"""
PORTAL = "mutation { createBillingPortalSession { url } }"
CHANGE = """mutation { changePlan(plan: AGENCY, interval: YEARLY) {
    plan { name } interval status } }"""
CANCEL = """mutation($now: Boolean!) { cancelSubscription(atOnce: $now) {
    plan { name } status cancelAtPeriodEnd } }"""
MINE = "{ me { subscription { plan { name } status currentPeriodEnd cancelAtPeriodEnd } } }"
PLANS = "{ plans { name priority limits { name limit } prices { interval currency amount } } }"
LIMITS = """{ entitlements {
    plan { name } readOnly limits { name used limit } toResolve { name ids } } }"""
PREVIEW = "{ planChangePreview(plan: AGENCY, interval: MONTHLY) { total amountDue quotedAt } }"
BILLS = "{ invoices { id status total url createdAt } paymentMethods { brand last4 } }"
CHANGED = """subscription($id: ID!) { subscriptionChanged(workspaceId: $id) {
    plan { name } status } }"""


@pytest.fixture
async def site() -> AsyncIterator[StripeSite]:
    """A Stripe of one's own, whose time is ours."""
    async with stripe_site() as site:
        yield site


@pytest.fixture
async def selling(
    settings: Settings, mongo: Mongo, redis: Redis, site: StripeSite
) -> AsyncIterator[Running]:
    """A server that sells there, its worker at work."""
    async with serving(billed(settings, site.url)) as running:
        yield running


@pytest.fixture
async def buyer(selling: Running, site: StripeSite) -> AsyncIterator[Client]:
    """Somebody with an account there."""
    site.world.now = int(time.time())
    async with httpx.AsyncClient(timeout=20) as http:
        events = selling.backend.events
        anonymous = Client(selling.url, http, listening=lambda: events.listening)
        yield await anonymous.register("ada@example.com")


async def tell(site: StripeSite, client: Client) -> None:
    """Have Stripe send all that has happened."""
    for event in site.world.events:
        body, signature = site.webhook(event, int(time.time()))
        headers = {"stripe-signature": signature}
        sent = await client.http.post(
            f"{client.url}/webhooks/stripe", content=body, headers=headers
        )
        assert sent.status_code == 200
    site.world.events.clear()


async def plan(client: Client) -> str:
    """The plan of the personal workspace."""
    name: str = (await client.data(MINE))["me"]["subscription"]["plan"]["name"]
    return name


async def buy(site: StripeSite, client: Client) -> None:
    """Buy a plan, and wait until that is felt."""
    url = (await client.data(CHECKOUT))["createCheckoutSession"]["url"]
    customers.finish_checkout(site.world, url.rpartition("/")[2])
    await tell(site, client)

    async def felt() -> bool:
        return await plan(client) == "PRO"

    await until(felt)


async def test_a_plan_is_bought_changed_and_ended(buyer: Client, site: StripeSite) -> None:
    assert await plan(buyer) == "FREE"
    assert (await buyer.data(PORTAL))["createBillingPortalSession"]["url"].startswith("https://")
    await buy(site, buyer)
    mine = (await buyer.data(MINE))["me"]["subscription"]
    assert mine["status"] == "ACTIVE"
    assert mine["currentPeriodEnd"]
    assert (await buyer.data(PREVIEW))["planChangePreview"]["amountDue"] > 0
    changed = (await buyer.data(CHANGE))["changePlan"]
    assert changed == {"plan": {"name": "AGENCY"}, "interval": "YEARLY", "status": "ACTIVE"}
    ending = (await buyer.data(CANCEL, now=False))["cancelSubscription"]
    assert ending["cancelAtPeriodEnd"]
    await buyer.data("mutation { resumeSubscription { cancelAtPeriodEnd } }")
    ended = (await buyer.data(CANCEL, now=True))["cancelSubscription"]
    assert (ended["plan"]["name"], ended["status"]) == ("FREE", "CANCELED")
    bills = await buyer.data(BILLS)
    assert {each["status"] for each in bills["invoices"]} == {"paid"}
    assert bills["paymentMethods"] == [{"brand": "visa", "last4": "4242"}]


async def test_anyone_sees_the_plans_and_what_they_cost(buyer: Client) -> None:
    found = (await buyer.with_token(None).data(PLANS))["plans"]
    assert [each["name"] for each in found] == ["FREE", "CREATOR", "PRO", "AGENCY"]
    assert found[0]["prices"] == []
    wanted = {"interval": "YEARLY", "currency": "eur", "amount": 49_000}
    assert wanted in found[2]["prices"]


async def test_entitlements_count_what_is_used(buyer: Client) -> None:
    await buyer.data('mutation { createWorkspace(input: {name: "Loom"}) { id } }')
    found = (await buyer.data(LIMITS))["entitlements"]
    limits = {each["name"]: (each["used"], each["limit"]) for each in found["limits"]}
    assert limits["WORKSPACES"] == (2, 3)
    assert limits["MEMBERS"] == (1, 3)
    assert limits["REQUESTS"] == (None, 100)
    assert (found["plan"], found["readOnly"]) == ({"name": "FREE"}, False)
    assert found["toResolve"] == []


async def test_whoever_listens_hears_of_each_change(buyer: Client, site: StripeSite) -> None:
    home = (await buyer.data("{ workspaces { edges { node { id } } } }"))["workspaces"]
    id = home["edges"][0]["node"]["id"]
    async with buyer.socket() as socket:
        stream = await socket.subscribe(CHANGED, id=id)
        await buy(site, buyer)
        heard = (await stream.next()).data["subscriptionChanged"]
    assert heard == {"plan": {"name": "PRO"}, "status": "ACTIVE"}


async def test_a_bought_plan_widens_the_limit_of_requests_at_once(
    settings: Settings, mongo: Mongo, redis: Redis, site: StripeSite
) -> None:
    limits = {"rate_limits": {"anonymous": 1_000, "free": 200, "pro": 777}}
    async with (
        serving(billed(settings, site.url, **limits)) as running,
        httpx.AsyncClient(timeout=20) as http,
    ):
        site.world.now = int(time.time())
        buyer = await Client(running.url, http).register("ada@example.com")

        async def quota() -> str:
            headers = {"authorization": f"Bearer {buyer.token}"}
            body = {"query": "{ __typename }"}
            answer = await http.post(f"{running.url}/graphql", json=body, headers=headers)
            return answer.headers["ratelimit-policy"]

        assert '"requests";q=200' in await quota()
        await buy(site, buyer)

        async def wider() -> bool:
            return '"requests";q=777' in await quota()

        await until(wider)


async def test_where_nothing_is_sold_the_fields_say_so(ada: Client) -> None:
    for field in (CHECKOUT, PORTAL, CHANGE, "{ invoices { id } }", "{ paymentMethods { id } }"):
        assert await ada.code(field) == "BILLING_NOT_CONFIGURED"
    assert await plan(ada) == "AGENCY"
    assert all(each["prices"] == [] for each in (await ada.data(PLANS))["plans"])
