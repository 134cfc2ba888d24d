"""Sessions through the API: tokens in the open, tokens in cookies, and their end."""

from __future__ import annotations

import asyncio
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest

from tests.client import PASSWORD, Client

LOGIN = "mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }"
REFRESH = """mutation($token: String) {
  refreshSession(refreshToken: $token) { accessToken refreshToken user { id } } }"""
SESSIONS = "{ sessions { id agent address current createdAt lastUsedAt expiresAt } }"
REVOKE = "mutation($id: ID!) { revokeSession(id: $id) }"
LOGOUT = "mutation { logout }"
ME = "{ me { id } }"
CHANGED = "subscription($id: ID!) { contentChanged(workspaceId: $id) { __typename } }"
HOME = """mutation { createContent(input: {type: POST, body: "x"}) { workspace { id } } }"""


async def login(client: Client, agent: str = "Phone") -> Client:
    """The same person on another device."""
    device = client.with_token(None)
    device.headers["user-agent"] = agent
    given = {"email": client.email, "password": PASSWORD}
    found = (await device.data(LOGIN, input=given))["login"]
    device.token, device.refresh_token = found["accessToken"], found["refreshToken"]
    device.user_id, device.email = client.user_id, client.email
    return device


async def test_a_refresh_token_is_good_once(ada: Client) -> None:
    found = (await ada.data(REFRESH, token=ada.refresh_token))["refreshSession"]
    assert found["user"]["id"] == ada.user_id
    assert found["refreshToken"] != ada.refresh_token
    assert (await ada.with_token(found["accessToken"]).data(ME))["me"]["id"] == ada.user_id
    following = (await ada.data(REFRESH, token=found["refreshToken"]))["refreshSession"]
    assert await ada.code(REFRESH, token=ada.refresh_token) == "UNAUTHENTICATED"
    assert await ada.with_token(following["accessToken"]).code(ME) == "UNAUTHENTICATED"
    anonymous = ada.with_token(None)
    assert await anonymous.code(REFRESH, token=following["refreshToken"]) == "UNAUTHENTICATED"


async def test_without_any_refresh_token_one_is_asked_for(anonymous: Client) -> None:
    assert await anonymous.code(REFRESH) == "UNAUTHENTICATED"
    assert await anonymous.code(REFRESH, token="") == "UNAUTHENTICATED"
    assert await anonymous.code(REFRESH, token="nonsense") == "UNAUTHENTICATED"


async def test_devices_are_listed_and_can_be_signed_out_one_by_one(ada: Client) -> None:
    phone = await login(ada)
    found = (await ada.data(SESSIONS))["sessions"]
    assert [each["current"] for each in found] == [False, True]
    assert found[0]["agent"] == "Phone"
    assert {each["address"] for each in found} == {"127.0.0.1"}
    assert (await ada.data(REVOKE, id=found[0]["id"])) == {"revokeSession": True}
    assert await phone.code(ME) == "UNAUTHENTICATED"
    assert await phone.with_token(None).code(REFRESH, token=phone.refresh_token) == (
        "UNAUTHENTICATED"
    )
    assert await ada.code(REVOKE, id=found[0]["id"]) == "NOT_FOUND"
    assert len((await ada.data(SESSIONS))["sessions"]) == 1


async def test_the_sessions_of_others_are_not_there(ada: Client, bob: Client) -> None:
    [session] = (await ada.data(SESSIONS))["sessions"]
    foreign = await bob.run(REVOKE, id=session["id"])
    unknown = await bob.run(REVOKE, id="ses_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert foreign.code == unknown.code == "NOT_FOUND"
    assert await ada.with_token(None).code(SESSIONS) == "UNAUTHENTICATED"
    assert await ada.with_token(None).code(REVOKE, id=session["id"]) == "UNAUTHENTICATED"
    assert await ada.code(ME) is None


@pytest.mark.parametrize("how", ["logout", "revoke"])
async def test_open_sockets_close_at_once_when_their_session_ends(ada: Client, how: str) -> None:
    phone = await login(ada)
    workspace = (await ada.data(HOME))["createContent"]["workspace"]["id"]
    async with phone.socket() as socket:
        await socket.subscribe(CHANGED, id=workspace)
        if how == "logout":
            await phone.data(LOGOUT)
        else:
            [ends] = [
                each["id"] for each in (await ada.data(SESSIONS))["sessions"] if not each["current"]
            ]
            await ada.data(REVOKE, id=ends)
        code, _ = await asyncio.wait_for(socket.closed(), 10)
        assert code == 4403


class Browser:
    """A client that keeps cookies and sends them back, from a page of our own origin."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url, self.http = url, http
        self.cookies: dict[str, str] = {}
        self.flags: dict[str, str] = {}

    async def run(self, query: str, **variables: Any) -> Any:
        """Post one operation."""
        headers = {"origin": self.url, "sec-fetch-site": "same-origin"}
        if self.cookies:
            pairs = [f"{name}={value}" for name, value in self.cookies.items()]
            headers["cookie"] = "; ".join(pairs)
        body = {"query": query, "variables": variables}
        response = await self.http.post(f"{self.url}/graphql", json=body, headers=headers)
        for value in response.headers.get_list("set-cookie"):
            self._take(value)
        return response.json()

    def _take(self, value: str) -> None:
        for name, cookie in SimpleCookie(value).items():
            self.flags[name] = value
            self.cookies[name] = cookie.value
            if cookie["max-age"] == "0":
                del self.cookies[name]


@pytest.fixture
def browser(ada: Client) -> Browser:
    """Ada's, before she has signed in there."""
    return Browser(ada.url, ada.http)


async def test_a_single_page_app_needs_no_token_in_its_hands(ada: Client, browser: Browser) -> None:
    await browser.run(LOGIN, input={"email": ada.email, "password": PASSWORD})
    assert set(browser.cookies) == {"brandgraph_session", "brandgraph_refresh"}
    for flags in browser.flags.values():
        assert "HttpOnly" in flags
        assert "SameSite" in flags
    assert (await browser.run(ME))["data"]["me"]["id"] == ada.user_id
    before = dict(browser.cookies)
    assert (await browser.run(REFRESH))["data"]["refreshSession"]["user"]["id"] == ada.user_id
    assert browser.cookies["brandgraph_refresh"] != before["brandgraph_refresh"]
    assert (await browser.run(ME))["data"]["me"]["id"] == ada.user_id
    assert (await browser.run(LOGOUT))["data"]["logout"] is True
    assert browser.cookies == {}
    browser.cookies = before
    assert (await browser.run(ME))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await browser.run(REFRESH))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_stale_cookie_does_not_keep_anyone_from_signing_in(
    ada: Client, browser: Browser
) -> None:
    browser.cookies = {"brandgraph_session": "stale", "brandgraph_refresh": "stale"}
    found = await browser.run(LOGIN, input={"email": ada.email, "password": PASSWORD})
    assert found["data"]["login"]["accessToken"]
    assert (await browser.run(ME))["data"]["me"]["id"] == ada.user_id


async def test_signing_out_by_the_refresh_cookie_alone_ends_the_session(
    ada: Client, browser: Browser
) -> None:
    """The access token's cookie has run out, as it does after a quarter of an hour."""
    await browser.run(LOGIN, input={"email": ada.email, "password": PASSWORD})
    token = browser.cookies.pop("brandgraph_session")
    assert (await browser.run(LOGOUT))["data"]["logout"] is True
    assert await ada.with_token(token).code(ME) == "UNAUTHENTICATED"


async def test_signing_out_when_nobody_is_signed_in_is_no_error(anonymous: Client) -> None:
    assert (await anonymous.data(LOGOUT)) == {"logout": True}
