"""Single-page apps of other origins: those that are allowed may call, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.client import PASSWORD, REGISTER
from tests.conftest import Running, serving

APP = "https://app.example.com"
ME = {"query": "{ me { email } }"}
ASKING = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,authorization,graphql-preflight",
}


@pytest.fixture
async def site(settings: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[Running]:
    """A server that one app may call."""
    async with serving(replace(settings, allowed_origins=(APP,))) as running:
        yield running


@pytest.fixture
async def http(site: Running) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, as far as headers go."""
    async with httpx.AsyncClient(base_url=site.url) as client:
        yield client


async def test_an_allowed_app_is_let_through_when_its_browser_asks(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.options("/graphql", headers={"origin": APP, **ASKING})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == APP
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert "origin" in answer.headers["vary"].lower()


async def test_it_signs_in_with_cookies_and_reads_answers_and_limits(
    http: httpx.AsyncClient,
) -> None:
    given = {"email": "ada@example.com", "password": PASSWORD, "fullName": "Ada"}
    body = {"query": REGISTER, "variables": {"input": given}}
    made = await http.post("/graphql", json=body, headers={"origin": APP})
    assert made.headers["access-control-allow-origin"] == APP
    answer = await http.post("/graphql", json=ME, headers={"origin": APP})
    assert answer.json()["data"]["me"]["email"] == "ada@example.com"
    exposed = answer.headers["access-control-expose-headers"]
    for name in ("ratelimit", "retry-after", "x-request-id"):
        assert name in exposed


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://app.example.com", f"{APP}.evil.example", "null"]
)
async def test_others_are_not(http: httpx.AsyncClient, origin: str) -> None:
    asked = await http.options("/graphql", headers={"origin": origin, **ASKING})
    assert asked.status_code == 400
    answer = await http.post("/graphql", json=ME, headers={"origin": origin})
    for each in (asked, answer):
        assert "access-control-allow-origin" not in each.headers


async def test_unless_apps_are_named_there_are_none(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    async with serving(settings) as running, httpx.AsyncClient(base_url=running.url) as http:
        asked = await http.options("/graphql", headers={"origin": APP, **ASKING})
        assert (asked.status_code, asked.headers["allow"]) == (405, "GET, POST")
        answer = await http.post("/graphql", json=ME, headers={"origin": APP})
        assert not any(name.startswith("access-control") for name in answer.headers)


async def test_answers_are_what_they_say_they_are(http: httpx.AsyncClient) -> None:
    """No browser guesses that one is a page."""
    for body in (ME, {}):
        answer = await http.post("/graphql", json=body)
        assert answer.headers["x-content-type-options"] == "nosniff"
