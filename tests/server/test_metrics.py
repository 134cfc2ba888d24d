"""What Prometheus reads: each number follows what users did, and no name escapes the bounds."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.app import create_app
from server.metrics import NAMES, OTHER, Metrics
from server.setting_types import Environment
from server.settings import Settings
from tests.client import Client
from tests.conftest import Running, serving
from tests.resolvers.test_content import READ, write
from tests.subscriptions.test_content import CHANGED

OPS = Path(__file__).parents[2] / "ops"
ENGINES = ("mongodb", "redis")
WORD = re.compile(r"\bbrandgraph_[a-z_]+|\bprocess_[a-z_]+")


class Page:
    """One scrape."""

    def __init__(self, text: str) -> None:
        self.families = list(text_string_to_metric_families(text))
        self.samples = [sample for family in self.families for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name that have these labels."""
        return sum(
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    @property
    def names(self) -> set[str]:
        """Of all samples, and of the families that have none yet."""
        found = {sample.name for sample in self.samples}
        for family in self.families:
            found |= names_of(family.name, family.type)
        return found


def names_of(name: str, type: str) -> set[str]:
    """The names under which the samples of a family appear."""
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
    return {name + ending for ending in endings.get(type, [""])}


async def scrape(url: str, **headers: str) -> Page:
    """What Prometheus is told."""
    async with httpx.AsyncClient(timeout=10) as http:
        response = await http.get(f"{url}/metrics", headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/plain; version=1.0.0")
    return Page(response.text)


async def test_operations_are_counted_by_name_type_and_code(ada: Client) -> None:
    await write(ada)
    assert await ada.code(READ, id="nothing") is not None
    assert await ada.code("query Read { nothing }") == "GRAPHQL_VALIDATION_FAILED"
    assert await ada.data("{ __typename }")
    page = await scrape(ada.url)

    def count(**labels: str) -> float:
        return page.value("brandgraph_operations_total", **labels)

    assert count(operation="Register", type="mutation", code="OK") == 1
    assert count(operation="Create", type="mutation", code="OK") == 1
    assert count(operation="Read", type="query", code="OK") == 0
    assert count(operation="Read", type="query") == 1
    assert count(operation="anonymous", type="query", code="OK") == 1
    assert count(operation="anonymous", type="unknown", code="GRAPHQL_VALIDATION_FAILED") == 1
    assert page.value("brandgraph_operation_seconds_count", operation="Create") == 1
    assert 0 < page.value("brandgraph_operation_seconds_sum", operation="Create") < 60


async def test_what_is_refused_before_it_is_read_is_counted_by_its_code(ada: Client) -> None:
    await ada.http.post(f"{ada.url}/graphql", content=b"{", headers={"content-type": "text/plain"})
    await ada.with_token("eyJ.not.good").run("{ __typename }")
    page = await scrape(ada.url)
    for code in ("UNSUPPORTED_MEDIA_TYPE", "UNAUTHENTICATED"):
        assert page.value("brandgraph_operations_total", type="unknown", code=code) == 1


async def test_sockets_subscriptions_and_deliveries_are_counted(ada: Client) -> None:
    workspace = (await write(ada))["workspace"]["id"]
    async with ada.socket() as socket:
        stream = await socket.subscribe(CHANGED, id=workspace)
        await write(ada)
        await stream.next()
        page = await scrape(ada.url)
        assert page.value("brandgraph_sockets") == 1
        assert page.value("brandgraph_subscriptions") == 1
        assert page.value("brandgraph_deliveries_total") >= 1
    async with asyncio.timeout(40):
        while page.value("brandgraph_sockets") or page.value("brandgraph_subscriptions"):
            page = await scrape(ada.url)
    ended = {"operation": "Changed", "type": "subscription", "code": "OK"}
    assert page.value("brandgraph_operations_total", **ended) == 1
    assert page.value("brandgraph_operation_seconds_count", operation="Changed") == 0


async def test_what_the_business_asks_is_counted_where_it_happens_once(
    server: Running, anonymous: Client
) -> None:
    ada = await anonymous.register("ada@example.com")
    await anonymous.register("bob@example.com")
    answer = await anonymous.run(
        'mutation { register(input: {email: "ada@example.com", '
        'password: "correct horse battery", fullName: "A"}) { expiresAt } }'
    )
    assert answer.code is not None
    await write(ada)
    async with asyncio.timeout(40):
        while (page := await scrape(server.url)).value("brandgraph_content_created_total") < 1:
            pass
    assert page.value("brandgraph_signups_total") == 2
    assert page.value("brandgraph_content_created_total") == 1
    assert page.value("brandgraph_content_published_total") == 0
    assert page.value("brandgraph_events_told_total", type="content.created") == 1


async def test_engines_jobs_caches_and_the_process_are_measured(ada: Client) -> None:
    for _ in range(2):
        await ada.run("query Twice { __typename }")
    async with asyncio.timeout(30):  # on a busy machine one may seem away for a moment
        while True:
            page = await scrape(ada.url)
            if all(page.value("brandgraph_engine_up", engine=engine) == 1 for engine in ENGINES):
                break
    for engine in ENGINES:
        assert 0 < page.value("brandgraph_engine_ping_seconds", engine=engine) < 20
    assert page.value("brandgraph_mongodb_command_seconds_count", command="insert") > 0
    assert page.value("brandgraph_prepared_lookups_total", result="hit") >= 1
    assert page.value("brandgraph_prepared_lookups_total", result="miss") >= 2
    assert page.value("process_resident_memory_bytes") > 0
    assert 0 < page.value("brandgraph_disk_used_ratio", disk="mongodb") <= 1
    assert {"brandgraph_jobs_waiting", "brandgraph_job_oldest_seconds"} <= page.names


def test_a_client_that_invents_names_fills_no_memory() -> None:
    metrics = Metrics()
    for number in range(NAMES + 100):
        metrics.operation(f"Invented{number}", "query", "OK", 0.1)
    families = {family.name: family for family in metrics.registry.collect()}
    names = {sample.labels["operation"] for sample in families["brandgraph_operations"].samples}
    assert len(names) == NAMES + 1
    assert OTHER in names
    metrics.operation("n" * 10_000, "query", "OK", 0.1)
    assert metrics.name("Invented0") == "Invented0"
    assert metrics.name("One more") == OTHER


async def test_two_applications_in_one_process_count_apart(settings: Settings) -> None:
    one, other = create_app(settings), create_app(settings)
    one.state.metrics.signups.inc()
    assert other.state.metrics.registry.get_sample_value("brandgraph_signups_total") == 0


@pytest.mark.parametrize(
    ("environment", "token", "sent", "status"),
    [
        (Environment.PRODUCTION, "", "", 404),
        (Environment.PRODUCTION, "s3cret", "", 401),
        (Environment.PRODUCTION, "s3cret", "Bearer wrong", 401),
        (Environment.PRODUCTION, "s3cret", "Basic s3cret", 401),
        (Environment.PRODUCTION, "s3cret", "Bearer s3cret", 200),
        (Environment.DEVELOPMENT, "", "", 200),
        (Environment.DEVELOPMENT, "s3cret", "", 401),
    ],
)
async def test_the_numbers_are_not_public_in_production(
    settings: Settings,
    mongo: Mongo,
    redis: Redis,
    environment: Environment,
    token: str,
    sent: str,
    status: int,
) -> None:
    told = replace(settings, brandgraph_env=environment, metrics_token=token, worker=False)
    async with serving(told) as running, httpx.AsyncClient() as http:
        headers = {"authorization": sent} if sent else {}
        response = await http.get(f"{running.url}/metrics", headers=headers)
    assert response.status_code == status


def expressions(found: Any) -> Iterator[str]:
    """Every query in a dashboard or a file of rules."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name == "expr":
                yield value
            else:
                yield from expressions(value)
    elif isinstance(found, list):
        for each in found:
            yield from expressions(each)


@pytest.mark.parametrize("file", ["alerts.yaml", "dashboard.json"])
async def test_every_number_that_alerts_and_dashboards_name_is_told(ada: Client, file: str) -> None:
    """A rule on a metric that is not there never fires."""
    await write(ada)
    async with asyncio.timeout(40):
        while "brandgraph_events_told_total" not in (page := await scrape(ada.url)).names:
            pass
    text = (OPS / file).read_text("utf-8")
    read = yaml.safe_load(text) if file.endswith("yaml") else json.loads(text)
    asked = list(expressions(read))
    named = {name for each in asked for name in WORD.findall(each)}
    assert len(asked) >= 10
    assert named <= page.names, named - page.names


def test_each_condition_of_the_plan_has_an_alert() -> None:
    """Each rule says how grave it is, what it means and what to do."""
    read = yaml.safe_load((OPS / "alerts.yaml").read_text("utf-8"))
    rules = {rule["alert"]: rule for group in read["groups"] for rule in group["rules"]}
    critical = {name for name, rule in rules.items() if rule["labels"]["severity"] == "critical"}
    assert critical >= {"ServiceDown", "ErrorRateHigh", "EngineAway", "PaymentsFail"}
    assert rules.keys() - critical >= {"LatencyHigh", "QueueLong", "CacheMisses", "DiskFull"}
    for rule in rules.values():
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert {"summary", "description"} <= rule["annotations"].keys()


async def test_what_operations_cost_is_counted_as_it_was_priced_and_as_it_came(ada: Client) -> None:
    await write(ada)
    answer = await ada.run("query Costly { contents(limit: 50) { id } }")
    cost = answer.body["extensions"]["cost"]
    page = await scrape(ada.url)
    asked = page.value("brandgraph_cost_requested_total", operation="Costly")
    spent = page.value("brandgraph_cost_actual_total", operation="Costly")
    assert (asked, spent) == (cost["requestedQueryCost"], cost["actualQueryCost"])
    assert spent < asked


async def test_a_refusal_on_a_socket_is_counted_by_its_code_as_over_http(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    """Those of the limiter and of documents by name, which come before the executor."""
    few = replace(settings, rate_limits={**settings.rate_limits, "agency": 2})
    async with serving(few) as running, httpx.AsyncClient() as http:
        ada = await Client(running.url, http).register("ada@example.com")
        async with ada.socket() as socket:
            named = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
            payloads: list[dict[str, Any]] = [{"extensions": named}, {"query": "query Bad { no }"}]
            payloads += [{"query": "query Often { __typename }"}] * 5
            for number, payload in enumerate(payloads):
                message = {"type": "subscribe", "id": str(number), "payload": payload}
                await socket.send(message)
            ended = 0
            while ended < len(payloads):
                ended += (await socket.receive())["type"] in ("complete", "error")
        page = await scrape(running.url)

    def count(**labels: str) -> float:
        return page.value("brandgraph_operations_total", **labels)

    assert count(type="unknown", code="PERSISTED_QUERY_NOT_FOUND") == 1
    assert count(type="unknown", code="GRAPHQL_VALIDATION_FAILED") == 1
    assert count(operation="Often", code="RATE_LIMITED") >= 3
    assert count(operation="Often") == 5
