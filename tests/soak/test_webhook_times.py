"""How long Stripe waits for an answer: a server of its own, its engines on this machine."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from pathlib import Path

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import EngineUrls
from tests.fakes.stripe_forms import signature
from tests.fakes.stripe_site import KEY, SECRET
from tests.fakes.stripe_world import StripeWorld
from tests.server.processes import running

EVENTS, AT_ONCE = 600, 8
BOUND = 0.05
TICKS = os.sysconf("SC_CLK_TCK")


def events() -> list[bytes]:
    """As many as Stripe tells of one subscription, each with an id of its own."""
    world = StripeWorld()
    customer = world.new_customer("Ada", "ada@example.com", {})
    world.subscribe(customer["id"], "price_pro_monthly")
    told = [each for each in world.events if not each["type"].endswith("customer.created")]
    named = ({**told[n % len(told)], "id": f"evt_{n}"} for n in range(2 * EVENTS))
    return [json.dumps(each).encode() for each in named]


def computed(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def knock(http: httpx.AsyncClient, url: str, payload: bytes) -> float:
    """Seconds until an event is answered."""
    header = signature(payload, SECRET, int(time.time()))
    begun = time.perf_counter()
    answer = await http.post(url, content=payload, headers={"stripe-signature": header})
    assert answer.status_code == 200
    return time.perf_counter() - begun


def told(how: str, times: list[float], cpu: float) -> str:
    """A line of figures, in milliseconds."""
    cuts = statistics.quantiles(times, n=100)
    shown = ", ".join(f"p{cut} {cuts[cut - 1] * 1000:.1f}" for cut in (50, 95, 99))
    each = cpu / len(times) * 1000
    return f"{how}: {shown}, longest {max(times) * 1000:.1f} ms; {each:.2f} ms of CPU an event"


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_stripe_has_its_answer_within_fifty_milliseconds(
    engines: EngineUrls,
    mongo: Mongo,
    redis: Redis,
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of 100 events 99, one after the other, and as many at a time as a purchase causes."""
    environment = {
        "MONGODB_URL": engines.mongodb,
        "MONGODB_DATABASE": name,
        "REDIS_URL": engines.redis,
        "REDIS_NAMESPACE": name,
        "WORKER": "false",
        "STRIPE_API_KEY": KEY,
        "STRIPE_API_URL": "http://127.0.0.1:1",
        "STRIPE_WEBHOOK_SECRETS": SECRET,
    }
    payloads, lines, slowest = events(), [], 0.0
    with running(tmp_path, "serve", **environment) as command:
        url = f"{await asyncio.to_thread(lambda: command.url)}/webhooks/stripe"
        async with httpx.AsyncClient(timeout=20) as http:
            await knock(http, url, payloads.pop())
            for at_once in (1, AT_ONCE):
                before, times = computed(command.process.pid), []
                for _ in range(EVENTS // at_once - 1):
                    some = [payloads.pop() for _ in range(at_once)]
                    times += await asyncio.gather(*(knock(http, url, each) for each in some))
                used = computed(command.process.pid) - before
                lines.append(told(f"{at_once} at a time", times, used))
                slowest = max(slowest, statistics.quantiles(times, n=100)[98])
    assert await mongo.database["stripe_events"].count_documents({}) == 2 * EVENTS - len(payloads)
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert slowest < BOUND
