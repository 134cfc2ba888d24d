"""The GraphiQL page: what it loads, what it is allowed to load, and how its files are sent."""

import gzip
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, print_ast, validate
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Route

from server.explorer import Explorer, first_steps

STATIC = Path(__file__).parents[2] / "server" / "static"
SCRIPT = "main-0a1B_-2c.js"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A folder of static files where nothing was bundled."""
    shutil.copytree(STATIC / "graphiql", tmp_path / "graphiql")
    return tmp_path


@pytest.fixture
def bundle(static: Path) -> Path:
    """The same folder, with a bundle of one script."""
    folder = static / "explorer"
    folder.mkdir()
    listing = {"script": SCRIPT, "modules": ["editor-00000000.js"], "styles": ["a-11111111.css"]}
    (folder / "page.json").write_text(json.dumps(listing))
    (folder / SCRIPT).write_text("plain")
    (folder / f"{SCRIPT}.br").write_bytes(b"brotli")
    (folder / f"{SCRIPT}.gz").write_bytes(gzip.compress(b"plain"))
    return static


@asynccontextmanager
async def visitor(static: Path, url: str = "http://graph.test") -> AsyncIterator[AsyncClient]:
    """A client of an application that serves the explorer alone."""
    explorer = Explorer(static)
    app = Starlette(routes=[Route("/graphql", explorer.page), *explorer.routes()])
    async with AsyncClient(transport=ASGITransport(app), base_url=url) as client:
        yield client


async def asset(static: Path, name: str, **headers: str) -> Response:
    """What a file of the page is answered with; `_` in a header's name stands for `-`."""
    async with visitor(static) as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.get(f"/graphql/assets/{name}", headers={"accept-encoding": ""} | named)


def policy(response: Response) -> dict[str, list[str]]:
    """The Content-Security-Policy of a response: sources by directive."""
    parts = response.headers["content-security-policy"].split("; ")
    return {name: sources for name, *sources in (part.split() for part in parts)}


async def test_a_bundled_page_loads_nothing_but_our_own_files(bundle: Path) -> None:
    """No other site is named, no script is inline, and the editor is loaded at once."""
    async with visitor(bundle) as client:
        page = await client.get("/graphql")
    assert f'<script type="module" src="/graphql/assets/{SCRIPT}"></script>' in page.text
    assert 'rel="modulepreload" href="/graphql/assets/editor-00000000.js"' in page.text
    assert 'rel="stylesheet" href="/graphql/assets/a-11111111.css"' in page.text
    assert "https://" not in page.text
    assert policy(page)["script-src"] == ["'self'"]
    assert policy(page)["worker-src"] == ["'self'"]


@pytest.mark.parametrize(
    ("url", "socket"),
    [
        ("http://graph.test:8000", "ws://graph.test:8000"),
        ("https://graph.test", "wss://graph.test"),
        ("http://[::1]:8000", "ws://[::1]:8000"),
    ],
)
async def test_the_page_may_talk_to_its_own_origin_only(
    bundle: Path, url: str, socket: str
) -> None:
    """By HTTP and by WebSocket, and no other page may show it in a frame."""
    async with visitor(bundle, url) as client:
        page = await client.get("/graphql")
    rules = policy(page)
    assert rules["default-src"] == ["'none'"]
    assert rules["connect-src"] == ["'self'", socket]
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == ["'none'"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"


async def test_a_strange_host_adds_nothing_to_the_policy(bundle: Path) -> None:
    """The Host header is a client's word, and is not copied where it could mean more."""
    async with visitor(bundle) as client:
        page = await client.get("/graphql", headers={"host": "a;script-src *"})
    assert policy(page)["script-src"] == ["'self'"]
    assert "*" not in page.headers["content-security-policy"]


async def test_without_a_bundle_every_file_of_the_cdn_is_pinned(static: Path) -> None:
    """Each has an exact version in its address, and the hash of its bytes beside it."""
    async with visitor(static) as client:
        page = await client.get("/graphql")
    pins = json.loads((static / "graphiql" / "cdn.json").read_bytes())
    asked = set(re.findall(r'https://[^"\s]+', page.text))
    assert asked == {pin["url"] for pin in pins.values()}
    for pin in pins.values():
        assert re.search(r"/(@[\w-]+/)?[\w-]+@\d+\.\d+\.\d+/", pin["url"])
        assert re.fullmatch(r"sha384-[A-Za-z0-9+/]{64}", pin["integrity"])
        assert pin["integrity"] in page.text
    for tag in re.findall(r"<(?:script|link)[^>]*https://[^>]*>", page.text):
        assert "integrity=" in tag
        assert 'crossorigin="anonymous"' in tag


async def test_the_page_of_the_cdn_allows_those_files_alone(static: Path) -> None:
    """Inline scripts run by a nonce that is new every time; `eval` never runs."""
    async with visitor(static) as client:
        pages = [await client.get("/graphql") for _ in range(2)]
    nonces = [re.findall(r'nonce="([^"]+)"', page.text) for page in pages]
    assert nonces[0] != nonces[1]
    for page, [nonce] in zip(pages, nonces, strict=True):
        rules = policy(page)
        hosts = [source for source in rules["script-src"] if source.startswith("https:")]
        assert f"'nonce-{nonce}'" in rules["script-src"]
        assert all(host.endswith(".js") for host in hosts)
        assert not {"'unsafe-eval'", "'unsafe-inline'"} & set(rules["script-src"])
        assert rules["worker-src"] == ["blob:"]


async def test_a_bundle_made_while_the_server_runs_is_used_at_once(static: Path) -> None:
    """Nobody has to start the server again."""
    async with visitor(static) as client:
        before = await client.get("/graphql")
        (static / "explorer").mkdir()
        listing = {"script": SCRIPT, "modules": [], "styles": []}
        (static / "explorer" / "page.json").write_text(json.dumps(listing))
        after = await client.get("/graphql")
    assert "https://" in before.text
    assert "https://" not in after.text


async def test_text_in_the_page_cannot_end_its_script(static: Path) -> None:
    """A document that holds a closing tag stays data."""
    steps = 'query Me { me(text: "</script><script>alert(1)</script>") { id } }'
    (static / "graphiql" / "first_steps.graphql").write_text(steps)
    async with visitor(static) as client:
        page = await client.get("/graphql")
    assert "alert(1)" in page.text
    assert "<script>alert" not in page.text


async def test_a_file_with_a_hash_in_its_name_is_kept_for_good(bundle: Path) -> None:
    """And a file without one is asked for again."""
    hashed = await asset(bundle, SCRIPT)
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert hashed.headers["content-type"].startswith("text/javascript")
    assert hashed.headers["x-content-type-options"] == "nosniff"
    assert (await asset(bundle, "fetcher.js")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br", "br", b"brotli"),
        ("gzip", "gzip", b"plain"),
        ("br;q=0, gzip;q=0.5", "gzip", b"plain"),
        ("identity", None, b"plain"),
        ("", None, b"plain"),
    ],
)
async def test_a_file_is_sent_as_small_as_the_client_takes_it(
    bundle: Path, accepted: str, encoding: str | None, body: bytes
) -> None:
    """Brotli before gzip before the plain file, all under one address."""
    async with visitor(bundle) as client:
        url = f"/graphql/assets/{SCRIPT}"
        async with client.stream("GET", url, headers={"accept-encoding": accepted}) as response:
            raw = b"".join([part async for part in response.aiter_raw()])
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-type"].startswith("text/javascript")
    assert (gzip.decompress(raw) if encoding == "gzip" else raw) == body


async def test_a_file_that_the_client_has_is_not_sent_again(static: Path) -> None:
    """Its tag is asked about, and confirmed without a body."""
    first = await asset(static, "fetcher.js")
    again = await asset(static, "fetcher.js", if_none_match=first.headers["etag"])
    assert (first.status_code, again.status_code) == (200, 304)
    assert again.content == b""


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "nothing.js", "%00", "x" * 300])
async def test_nothing_outside_the_folders_is_sent(static: Path, name: str) -> None:
    """Whatever the path looks like."""
    (static / "app.py").write_text("secret")
    assert (await asset(static, name)).status_code == 404


def schema() -> GraphQLSchema:
    """The committed schema."""
    return build_schema((STATIC.parents[1] / "schema.graphql").read_text("utf-8"))


def test_the_first_steps_are_valid_by_our_schema() -> None:
    """Whoever presses play in each tab gets an answer, not a syntax lesson."""
    steps = first_steps((STATIC / "graphiql" / "first_steps.graphql").read_text("utf-8"))
    titles = [step["title"] for step in steps]
    assert titles == ["Register", "Me", "WatchPublished", "WritePost", "PublishPost"]
    for step in steps:
        assert validate(schema(), parse(step["query"])) == []


def test_the_readme_shows_the_same_steps() -> None:
    """Whoever reads along finds in each tab what the README says."""
    readme = (STATIC.parents[1] / "README.md").read_text("utf-8")
    shown = re.findall(r"^```graphql\n(.+?)^```", readme, re.MULTILINE | re.DOTALL)
    steps = first_steps((STATIC / "graphiql" / "first_steps.graphql").read_text("utf-8"))
    assert [print_ast(parse(document)) for document in shown] == [
        print_ast(parse(step["query"])) for step in steps
    ]


def test_a_step_starts_with_an_empty_place_for_each_id() -> None:
    """The page fills in what it saw last."""
    text = (
        "query A {\n  a\n}\n#---\n# Why.\nmutation B($id: ID!, $n: Int) {\n  b(id: $id, n: $n)\n}\n"
    )
    assert first_steps(text) == [
        {"title": "A", "query": "query A {\n  a\n}", "variables": None},
        {
            "title": "B",
            "query": "# Why.\nmutation B($id: ID!, $n: Int) {\n  b(id: $id, n: $n)\n}",
            "variables": '{\n  "id": ""\n}',
        },
    ]
