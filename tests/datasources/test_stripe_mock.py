"""Every request that we make of Stripe is one that its own description of the API accepts."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from datasources.billing import BillingInterval, Bought, Metered, SubscriptionStatus
from datasources.plan_names import PlanName
from datasources.stripe_billing import Order, StripeBilling
from datasources.stripe_client import StripeConnection
from datasources.stripe_shapes import UnknownPrice
from server.serving import listening

NOW = datetime.now(UTC)
BOUGHT = Bought(
    id="sub_1",
    item_id="si_1",
    price_id="price_1",
    plan=PlanName.PRO,
    interval=BillingInterval.MONTHLY,
    currency="usd",
    status=SubscriptionStatus.ACTIVE,
    current_period_end=NOW,
    cancel_at_period_end=False,
    credits=Metered(item_id="si_2", price_id="price_3"),
    created=NOW,
)
SWAPS = {"price_1": "price_2", "price_3": "price_4"}
BARE = Order("wsp_1", "cus_1", "price_1", 0, None, None, tax=False, return_url="https://x.test")
FULL = Order(
    "wsp_1",
    "cus_1",
    "price_1",
    14,
    "eur",
    "promo_1",
    tax=True,
    return_url="https://x.test?a=1",
    credits_price_id="price_3",
)


def binary() -> str | None:
    """Where stripe-mock is: on PATH, or where Go puts what it builds."""
    go = os.environ.get("GOPATH") or str(Path("~/go").expanduser())
    return shutil.which("stripe-mock") or shutil.which("stripe-mock", path=f"{go}/bin")


def port() -> int:
    """A port that nobody listens on."""
    with listening("127.0.0.1", 0) as socket:
        found: int = socket.getsockname()[1]
    return found


def started(program: str, plain: int) -> subprocess.Popen[bytes]:
    """The program, which listens there, and somewhere else for TLS."""
    arguments = [program, "-http-port", str(plain), "-https-port", str(port())]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
async def stripe() -> AsyncIterator[StripeBilling]:
    """Stripe as its own stand-in describes it, which keeps nothing."""
    program = binary()
    if program is None:
        pytest.skip("stripe-mock is not installed: see CONTRIBUTING.md")
    plain = port()
    process = started(program, plain)
    url = f"http://127.0.0.1:{plain}"
    connection = StripeConnection("sk_test_123", url)
    try:
        await answering(url)
        yield StripeBilling(connection)
    finally:
        await connection.close()
        process.kill()
        process.wait()


async def answering(url: str) -> None:
    """Wait until it serves."""
    async with asyncio.timeout(20), httpx.AsyncClient() as http:
        while True:
            try:
                await http.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                return


async def every(stripe: StripeBilling) -> None:
    """All subscriptions."""
    async for _ in stripe.every_subscription():
        return


ASKED: dict[str, Callable[[StripeBilling], Awaitable[object]]] = {
    "prices": lambda stripe: stripe.prices(),
    "credits_price": lambda stripe: stripe.credits_price(BillingInterval.MONTHLY),
    "make_customer": lambda stripe: stripe.make_customer("wsp_1", "Ada", "a@x.test", "intent:1"),
    "forget_customer": lambda stripe: stripe.forget_customer("cus_1"),
    "read": lambda stripe: stripe.read("cus_1"),
    "every_subscription": every,
    "promotion": lambda stripe: stripe.promotion("LOOM"),
    "checkout, bare": lambda stripe: stripe.checkout(BARE, "intent:2"),
    "checkout, full": lambda stripe: stripe.checkout(FULL, "intent:3"),
    "portal": lambda stripe: stripe.portal("cus_1", "https://x.test"),
    "preview": lambda stripe: stripe.preview(BOUGHT, SWAPS, NOW),
    "change": lambda stripe: stripe.change(BOUGHT, SWAPS, NOW, "intent:4"),
    "plan_change": lambda stripe: stripe.plan_change(
        BOUGHT, SWAPS, BillingInterval.YEARLY, "intent:8"
    ),
    "unplan": lambda stripe: stripe.unplan("sub_sched_1", "intent:9"),
    "preview, renewed": lambda stripe: stripe.preview(BOUGHT, SWAPS, None),
    "set_ending": lambda stripe: stripe.set_ending(BOUGHT, ends=True, intent="intent:5"),
    "end": lambda stripe: stripe.end(BOUGHT, "intent:6"),
    "unpause": lambda stripe: stripe.unpause(BOUGHT, "intent:7"),
    "invoices": lambda stripe: stripe.invoices("cus_1", 10, None),
    "invoices after": lambda stripe: stripe.invoices("cus_1", 10, "in_1"),
    "payment_methods": lambda stripe: stripe.payment_methods("cus_1"),
    "dispute": lambda stripe: stripe.dispute("dp_1"),
    "customer_of_charge": lambda stripe: stripe.customer_of_charge("ch_1"),
    "meter": lambda stripe: stripe.meter("credits", "cus_1", 7, "gen_1", NOW),
}


async def test_stripe_accepts_every_request_that_we_make(stripe: StripeBilling) -> None:
    for name, ask in ASKED.items():
        try:
            await ask(stripe)
        except UnknownPrice:
            continue  # it was answered: with a price that is none of ours
        except Exception as error:
            raise AssertionError(f"{name}: {error}") from error


def test_every_request_is_tried() -> None:
    asked = {name.partition(",")[0].removesuffix(" after") for name in ASKED}
    public = {name for name in dir(StripeBilling) if not name.startswith("_")}
    assert asked == public - {"connection"}
