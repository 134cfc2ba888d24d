"""Pages of other sites, which make a visitor's browser send requests with its cookies."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.server.graphql_site import Site, serving

OURS = "https://app.example"
COOKIE = {"cookie": "session=ann"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_site() -> AsyncIterator[Site]:
    """A server that lets the pages of one other origin use cookies."""
    async with serving(allowed_origins=frozenset({OURS})) as running:
        yield running


@pytest.fixture
def site(one_site: Site) -> Site:
    """The same server for all tests, with nothing left of the one before."""
    one_site.world.clear()
    return one_site


async def viewer(site: Site, method: str, headers: dict[str, str]) -> str:
    """Who the server takes the client for."""
    headers = {**COOKIE, **headers}
    if method == "GET":
        response = await site.http.get(f"{site.url}?query={{viewer}}", headers=headers)
    else:
        response = await site.http.post(site.url, json={"query": "{viewer}"}, headers=headers)
    found: str = response.json()["data"]["viewer"]
    return found


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://evil.example", "graphql-preflight": "1"},
    ],
)
async def test_a_get_that_another_site_could_have_caused_is_anonymous(
    site: Site, headers: dict[str, str]
) -> None:
    assert await viewer(site, "GET", headers) == "nobody"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"graphql-preflight": "1"},
        {"apollo-require-preflight": "true"},
        {"x-requested-with": "XMLHttpRequest"},
        {"origin": OURS},
    ],
)
async def test_a_get_of_our_own_pages_may_use_cookies(site: Site, headers: dict[str, str]) -> None:
    assert await viewer(site, "GET", headers) == "ann"


async def test_a_post_is_json_and_needs_no_more_to_use_cookies(site: Site) -> None:
    assert await viewer(site, "POST", {}) == "ann"
    assert await viewer(site, "POST", {"origin": OURS}) == "ann"
    assert await viewer(site, "POST", {"origin": f"http://127.0.0.1:{site.port}"}) == "ann"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1"])
async def test_a_post_from_a_strange_origin_is_anonymous(site: Site, origin: str) -> None:
    assert await viewer(site, "POST", {"origin": origin}) == "nobody"


async def test_a_token_counts_wherever_it_comes_from(site: Site) -> None:
    """No browser sends one by itself."""
    headers = {"origin": "https://evil.example", "authorization": "Bearer bob"}
    assert await viewer(site, "GET", headers) == "bob"


async def test_a_socket_of_a_strange_origin_may_not_use_cookies(site: Site) -> None:
    async with site.raw_socket(additional_headers=COOKIE, origin="https://evil.example") as socket:
        await socket.send(type="connection_init")
        closed = await socket.closed()
    assert closed[0] == 4403
    assert "origin" in closed[1]


async def test_a_socket_of_a_strange_origin_may_use_a_token(site: Site) -> None:
    options = {"additional_headers": COOKIE, "origin": "https://evil.example"}
    async with site.socket({"accessToken": "bob"}, **options) as socket:
        await socket.subscribe("1", "{viewer}")
        assert (await socket.receive())["payload"] == {"data": {"viewer": "bob"}}
    assert dict(site.world.credentials[0].cookies) == {}


@pytest.mark.parametrize("origin", [None, OURS, "same"])
async def test_a_socket_of_our_own_pages_or_of_no_browser_may_use_cookies(
    site: Site, origin: str | None
) -> None:
    if origin == "same":
        origin = f"http://127.0.0.1:{site.port}"
    async with site.socket(additional_headers=COOKIE, origin=origin) as socket:
        await socket.subscribe("1", "{viewer}")
        assert (await socket.receive())["payload"] == {"data": {"viewer": "ann"}}
