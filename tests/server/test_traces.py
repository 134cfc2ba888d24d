"""Traces: one from a request to its job, its event and a socket, and nothing private in any."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.logs import configure
from server.setting_types import LogFormat
from server.settings import Settings
from server.trace_settings import Sampler
from tests.client import PASSWORD, Client
from tests.conftest import Running, serving
from tests.fakes.otlp import Receiver, receiving
from tests.pace import paced
from tests.resolvers.test_content import READ, write
from tests.server.kept_logging import kept_logging
from tests.subscriptions.test_content import CHANGED, PUBLISHED, publish

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT_SPAN = "00f067aa0ba902b7"
SAMPLED = f"00-{TRACE}-{CLIENT_SPAN}-01"
NOT_SAMPLED = f"00-{TRACE}-{CLIENT_SPAN}-00"
SERVER, CLIENT, CONSUMER = 2, 3, 5
AUTHORED = "query Read($id: ID!) { content(id: $id) { author { profile { fullName } } } }"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where traces go."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def traced(settings: Settings, receiver: Receiver, mongo: Mongo, redis: Redis) -> Settings:
    """Settings of a server that sends its traces there."""
    return replace(settings, otel_exporter_otlp_endpoint=receiver.url)


@asynccontextmanager
async def somebody(settings: Settings) -> AsyncIterator[tuple[Client, Running]]:
    """A person with an account on such a server, whose spans have been sent when the block ends."""
    async with serving(settings) as running, httpx.AsyncClient(timeout=20) as http:
        client = Client(running.url, http, listening=lambda: running.backend.events.listening)
        yield await client.register("ada@example.com", "Ada Lovelace"), running


async def test_one_trace_leads_from_a_request_to_its_job_its_event_and_a_socket(
    traced: Settings, receiver: Receiver
) -> None:
    async with somebody(traced) as (ada, _):
        made = await write(ada, "A title that is nobody's business")
        async with ada.socket() as socket:
            stream = await socket.subscribe(PUBLISHED, userId=ada.user_id)
            ada.headers["traceparent"] = SAMPLED
            await publish(ada, made["id"])
            assert (await stream.next()).data["contentPublished"]["id"] == made["id"]
    request = receiver.named("mutation Publish")
    job = receiver.named("job publish_target")
    delivery = receiver.named("deliver content.published")
    subscription = receiver.named("subscription Published")
    assert {request.trace, job.trace, delivery.trace} == {TRACE}
    assert (request.parent, job.parent, delivery.parent) == (CLIENT_SPAN, request.id, job.id)
    assert (request.kind, job.kind, delivery.kind) == (SERVER, CONSUMER, CONSUMER)
    assert subscription.trace != TRACE
    assert delivery.links == [(subscription.trace, subscription.id)]
    assert not any(span.failed for span in (request, job, delivery, subscription))
    below = {
        name: {span.name for span in receiver.spans if span.parent == id}
        for name, id in (("request", request.id), ("job", job.id), ("delivery", delivery.id))
    }
    assert "mongodb insert" in below["job"]
    assert "mongodb commitTransaction" in below["request"] & below["job"]
    assert {"load users", "load targets_of_content"} <= below["delivery"]


async def test_a_span_tells_names_numbers_and_codes(traced: Settings, receiver: Receiver) -> None:
    async with somebody(traced) as (ada, _):
        made = await write(ada)
        await ada.data(AUTHORED, id=made["id"])
        assert await ada.code(AUTHORED, id="nothing") is not None
        assert await ada.code("query Bad { nothing }") == "GRAPHQL_VALIDATION_FAILED"
    create = receiver.named("mutation Create")
    assert create.facts["graphql.operation.name"] == "Create"
    assert create.facts["graphql.operation.type"] == "mutation"
    assert create.facts["http.response.status_code"] == 200
    assert isinstance(create.facts["graphql.cost.actual"], int)
    assert isinstance(create.facts["graphql.cost.requested"], int)
    assert len(str(create.facts["graphql.document.hash"])) == 16
    reads = [span for span in receiver.spans if span.name == "query Read"]
    assert sorted(span.failed for span in reads) == [False, True]
    [good] = [span for span in reads if not span.failed]
    [refused] = [span for span in receiver.spans if span.name == "unknown"]
    assert refused.facts["error.type"] == "GRAPHQL_VALIDATION_FAILED"
    loads = [each for each in receiver.of_trace(good.trace) if each.name.startswith("load ")]
    assert loads
    assert all(load.facts["keys"] == 1 for load in loads)
    commands = [each for each in receiver.spans if each.name == "mongodb find"]
    assert {each.facts["db.collection.name"] for each in commands} >= {"content", "users"}
    assert {each.kind for each in commands} == {CLIENT}
    assert any(each.name.startswith("redis ") for each in receiver.of_trace(good.trace))
    ids = {each.id for each in receiver.of_trace(good.trace)}
    outside = [each for each in receiver.of_trace(good.trace) if each.parent not in ids]
    assert outside == [good]
    assert {span.service for span in receiver.spans} == {"brandgraph"}


async def test_no_span_holds_what_is_secret_or_private(
    traced: Settings, receiver: Receiver
) -> None:
    async with somebody(traced) as (ada, _):
        made = await write(ada, "A private title", body="A private body")
        await ada.data(READ, id=made["id"])
        await ada.code(REGISTER_AGAIN, email="ada@example.com", password=PASSWORD)
        async with ada.socket() as socket:
            stream = await socket.subscribe(CHANGED, id=made["workspace"]["id"])
            await write(ada, "Another private title")
            await stream.next()
    sent = b"".join(receiver.bodies)
    assert len(receiver.spans) > 20
    assert ada.token
    assert ada.refresh_token
    private = [PASSWORD, "example.com", "Lovelace", "rivate title", "private body"]
    private += [ada.token, ada.refresh_token, ada.user_id, made["id"], "input", traced.mongodb_url]
    for each in private:
        assert each.encode() not in sent, each


REGISTER_AGAIN = """
mutation Again($email: String!, $password: String!) {
  register(input: {email: $email, password: $password, fullName: "Ada Lovelace"}) { expiresAt }
}
"""


async def test_a_read_that_requests_share_is_shown_once_and_linked_from_the_others(
    traced: Settings, receiver: Receiver
) -> None:
    async with somebody(traced) as (ada, _):
        made = await write(ada)
        ada.headers["x-request-id"] = "together"
        await asyncio.gather(*(ada.data(READ, id=made["id"]) for _ in range(20)))
    ids = {span.id for span in receiver.spans}
    reads = [span for span in receiver.spans if span.name == "read content"]
    linked = [span for span in reads if span.links]
    assert linked
    assert all(id in ids for span in linked for _, id in span.links)
    commands = [span for span in receiver.spans if span.name == "mongodb find"]
    assert all(span.parent in ids for span in commands)


@pytest.mark.parametrize("says", [{"traceparent": SAMPLED}, {"traceparent": 5}, {}])
async def test_an_operation_of_a_socket_names_its_trace_in_its_extensions(
    traced: Settings, receiver: Receiver, says: dict[str, object]
) -> None:
    async with somebody(traced) as (ada, _), ada.socket() as socket:
        payload = {"query": "query Who { me { id } }", "extensions": says}
        await socket.send({"type": "subscribe", "id": "1", "payload": payload})
        assert (await socket.receive())["type"] == "next"
        assert (await socket.receive())["type"] == "complete"
    span = receiver.named("query Who")
    known = says.get("traceparent") == SAMPLED
    assert (span.trace == TRACE) == known
    assert span.parent == (CLIENT_SPAN if known else "")


@pytest.mark.parametrize(
    ("sampler", "ratio", "header", "kept"),
    [
        (Sampler.PARENT_ON, 1.0, NOT_SAMPLED, False),
        (Sampler.PARENT_ON, 1.0, "nonsense", True),
        (Sampler.PARENT_RATIO, 0.0, "", False),
        (Sampler.PARENT_RATIO, 0.0, SAMPLED, True),
        (Sampler.RATIO, 0.0, SAMPLED, False),
        (Sampler.ALWAYS_ON, 0.0, NOT_SAMPLED, True),
        (Sampler.ALWAYS_OFF, 1.0, SAMPLED, False),
    ],
)
async def test_the_sampler_decides_once_for_the_request_and_all_that_follows_from_it(
    traced: Settings, receiver: Receiver, sampler: Sampler, ratio: float, header: str, kept: bool
) -> None:
    chosen = replace(traced, otel_traces_sampler=sampler, otel_traces_sampler_arg=ratio)
    async with somebody(chosen) as (ada, _):
        made = await write(ada)
        async with ada.socket() as socket:
            stream = await socket.subscribe(PUBLISHED, userId=ada.user_id)
            ada.headers["traceparent"] = header
            await publish(ada, made["id"])
            await stream.next()
    told = {"mutation Publish", "job publish_target", "deliver content.published"}
    assert told & {span.name for span in receiver.spans} == (told if kept else set())


async def test_headers_and_the_name_of_the_service_are_those_of_the_settings(
    traced: Settings, receiver: Receiver
) -> None:
    named = replace(
        traced, otel_exporter_otlp_headers="x-key=a%20b, x-org = c", otel_service_name="mine"
    )
    async with somebody(named):
        pass
    assert receiver.headers[0]["x-key"] == "a b"
    assert receiver.headers[0]["x-org"] == "c"
    assert {span.service for span in receiver.spans} == {"mine"}
    assert "x-key" not in repr(named)


async def test_each_line_of_the_log_names_its_trace(traced: Settings, receiver: Receiver) -> None:
    stream = io.StringIO()
    with kept_logging():
        configure(replace(traced, log_format=LogFormat.JSON), stream)
        async with somebody(traced) as (ada, _):
            ada.headers["traceparent"] = SAMPLED
            await write(ada)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    [line] = [line for line in lines if line.get("operation") == "Create"]
    assert line["trace_id"] == TRACE
    others = [line["trace_id"] for line in lines if line.get("operation") == "Register"]
    assert others == [receiver.named("mutation Register").trace]


@pytest.mark.parametrize("trouble", ["away", "slow", "refusing"])
async def test_a_receiver_in_trouble_harms_no_request(
    traced: Settings, receiver: Receiver, trouble: str
) -> None:
    """And when the server ends, it waits for its last spans no longer than it says."""
    if trouble == "away":
        traced = replace(traced, otel_exporter_otlp_endpoint="http://127.0.0.1:9")
    elif trouble == "slow":
        receiver.held.clear()
    else:
        receiver.status = 503
    async with paced() as pace, somebody(traced) as (ada, running):
        for _ in range(100):
            async with asyncio.timeout(20):
                await ada.data("{ __typename }")
        ended = pace.seconds
        running.server.should_exit = True
    assert pace.seconds - ended < 9
    assert receiver.spans == []
    assert receiver.requests > 0 or trouble == "away"


def test_nothing_of_opentelemetrys_sdk_is_imported_where_traces_are_not_wanted() -> None:
    code = (
        "import sys, server.app, server.commands; from server.settings import read; "
        "from server.clients import tracer_of; assert tracer_of(read({})) is None; "
        "print([n for n in sys.modules if n.startswith(('opentelemetry.sdk.trace', "
        "'opentelemetry.exporter', 'opentelemetry.proto', 'requests'))])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert found.strip() == "[]"
