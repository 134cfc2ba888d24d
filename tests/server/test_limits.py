"""Costs and limits as a client meets them, over HTTP, a socket and a stream of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from server.settings import Settings
from tests.client import Client, Socket
from tests.conftest import Running, serving

ME = "{ me { id } }"
LIST = "query($n: Int) { contents(limit: $n) { id author { id } } }"
GRAPHQL = {"accept": "application/graphql-response+json"}


@pytest.fixture
async def site(settings: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[Running]:
    """A server that lets everyone make ten requests, worth 20 points each."""
    rates = {"anonymous": 10, "free": 10}
    async with serving(
        replace(settings, rate_limits=rates, points_per_request=20, default_plan=PlanName.FREE)
    ) as running:
        yield running


@pytest.fixture
async def person(site: Running) -> AsyncIterator[Client]:
    """Somebody who has asked for nothing yet."""
    async with httpx.AsyncClient(timeout=20) as http:
        yield await Client(site.url, http).register("ada@example.com", "Ada Lovelace")


async def ask(client: Client, query: str, **options: Any) -> httpx.Response:
    """The bare response to a document."""
    headers = {"authorization": f"Bearer {client.token}", **options.pop("headers", {})}
    body = {"query": query, **options}
    return await client.http.post(f"{client.url}/graphql", json=body, headers=headers)


async def subscribe(socket: Socket, id: str) -> None:
    """Ask on a socket."""
    await socket.send({"id": id, "type": "subscribe", "payload": {"query": ME}})


async def test_a_response_tells_what_it_cost_and_what_is_left(person: Client) -> None:
    response = await ask(person, LIST, variables={"n": 50})
    cost = response.json()["extensions"]["cost"]
    assert cost == {
        "requestedQueryCost": 100,
        "actualQueryCost": 0,
        "throttleStatus": {
            "maximumAvailable": 200,
            "currentlyAvailable": 199,
            "restoreRate": 3.33,
        },
    }
    policy = '"requests";q=10;w=60, "points";q=200;w=60'
    assert response.headers["ratelimit-policy"] == policy
    assert response.headers["ratelimit"] == '"requests";r=9;t=6, "points";r=199;t=1'


SIGN_OUT = "mutation { logout }"


@pytest.mark.parametrize(
    ("document", "how"),
    [
        (ME, "post"),
        ("{ me { ", "post"),
        ("{ nothing }", "post"),
        ("{ contents(limit: 100) { author { id } workspace { id } } }", "post"),
        (SIGN_OUT, "get"),
        (ME, "stream"),
        (None, "post"),
        (None, "hash"),
    ],
)
async def test_whose_token_was_revoked_is_told_that_whatever_is_asked_for(
    person: Client, document: str | None, how: str
) -> None:
    """Although it is asked about with the price, and nothing has a price that cannot be run."""
    await person.data(SIGN_OUT)
    body: dict[str, Any] = {} if document is None else {"query": document}
    if how == "hash":
        body["extensions"] = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    headers = {"authorization": f"Bearer {person.token}"}
    if how == "stream":
        headers["accept"] = "text/event-stream"
    url = f"{person.url}/graphql"
    if how == "get":
        response = await person.http.get(url, params=body, headers=headers)
    else:
        response = await person.http.post(url, json=body, headers=headers)
    assert response.status_code == 401
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_where_nothing_is_limited_a_revoked_token_is_refused_all_the_same(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    """Then nothing is charged on the way, and it is asked by itself."""
    async with (
        serving(replace(settings, rate_limits={})) as site,
        httpx.AsyncClient(timeout=20) as http,
    ):
        person = await Client(site.url, http).register("ada@example.com", "Ada Lovelace")
        assert (await ask(person, ME)).status_code == 200
        await person.data(SIGN_OUT)
        assert (await ask(person, ME)).status_code == 401


async def test_the_eleventh_request_of_a_minute_waits(person: Client) -> None:
    for _ in range(10):
        assert (await ask(person, ME)).status_code == 200
    for headers in (GRAPHQL, {}):
        response = await ask(person, ME, headers=headers)
        assert response.status_code == 429
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert 1 <= error["extensions"]["retryAfter"] <= 6
        assert response.headers["retry-after"] == str(error["extensions"]["retryAfter"])
        assert response.headers["ratelimit"].startswith('"requests";r=0;')
        assert error["extensions"]["cost"]["actualQueryCost"] is None


async def test_dear_operations_use_the_points_up_first(site: Running, person: Client) -> None:
    """Many at once are reserved for what they may cost, before any gives something back."""
    answers = await asyncio.gather(*(ask(person, LIST, variables={"n": 90}) for _ in range(6)))
    statuses = [each.status_code for each in answers]
    assert statuses.count(200) >= 1
    later = await ask(person, ME)
    assert later.status_code == 200
    assert later.json()["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] >= 193


async def test_what_the_bucket_can_never_hold_is_refused_for_good(person: Client) -> None:
    response = await ask(person, LIST, variables={"n": 101}, headers=GRAPHQL)
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "COST_LIMIT_EXCEEDED", "cost": 202, "allowed": 200}
    assert "retry-after" not in response.headers


async def test_wrong_variables_cost_a_point(person: Client) -> None:
    await ask(person, LIST, variables={"n": "x"})
    status = (await ask(person, ME)).json()["extensions"]["cost"]["throttleStatus"]
    assert status["currentlyAvailable"] == 198


async def test_one_callers_limit_is_not_anothers(site: Running, person: Client) -> None:
    other = await Client(site.url, person.http).register("bob@example.com", "Bob Noyce")
    for _ in range(60):  # while requests crawl, the bucket fills again
        if (await ask(person, ME)).status_code == 429:
            break
    else:
        raise AssertionError("There is no end to it.")
    assert (await ask(other, ME)).status_code == 200


async def test_the_anonymous_are_limited_by_their_address(site: Running) -> None:
    async with httpx.AsyncClient() as http:
        codes = [
            (await http.post(f"{site.url}/graphql", json={"query": "{ __typename }"})).status_code
            for _ in range(12)
        ]
    assert codes == [200] * 10 + [429] * 2


async def test_on_a_socket_the_operation_ends_and_the_socket_lives(person: Client) -> None:
    for _ in range(9):
        await ask(person, ME)
    async with person.socket() as socket:
        await subscribe(socket, "1")
        message = await socket.receive()
        assert message["type"] == "next"
        assert message["payload"]["extensions"]["cost"]["requestedQueryCost"] == 1
        assert (await socket.receive())["type"] == "complete"
        await subscribe(socket, "2")
        refused = await socket.receive()
        assert refused["type"] == "error"
        assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        await subscribe(socket, "3")
        assert (await socket.receive())["id"] == "3"


async def test_a_stream_of_events_says_so_too(person: Client) -> None:
    for _ in range(10):
        await ask(person, ME)
    response = await ask(person, ME, headers={"accept": "text/event-stream"})
    events = [line for line in response.text.splitlines() if line.startswith("data: {")]
    told = json.loads(events[0].removeprefix("data: "))
    assert told["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_limits_can_be_switched_off(settings: Settings, mongo: Mongo, redis: Redis) -> None:
    async with (
        serving(replace(settings, rate_limits={}, cost_limit=50)) as running,
        httpx.AsyncClient() as http,
    ):
        client = await Client(running.url, http).register("ada@example.com", "Ada")
        response = await ask(client, ME)
        assert "extensions" not in response.json()
        assert "ratelimit" not in response.headers
        refused = await ask(client, LIST, variables={"n": 26})
        assert refused.json()["errors"][0]["extensions"]["code"] == "COST_LIMIT_EXCEEDED"


async def test_responses_can_be_silent_about_costs(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    async with (
        serving(replace(settings, cost_in_responses=False)) as running,
        httpx.AsyncClient() as http,
    ):
        client = await Client(running.url, http).register("ada@example.com", "Ada")
        response = await ask(client, ME)
        assert "extensions" not in response.json()
        assert "ratelimit" in response.headers
