"""The public feeds over HTTP."""

from __future__ import annotations

import gc
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser

import feedparser
import httpx
import pytest
from hypothesis import given
from starlette.applications import Starlette
from starlette.types import Message

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.feed_pages import POLICY, STYLE, STYLE_HASH, entry_page, feed_page
from server.feeds import feed_routes
from services.feed_text import clean
from tests.feed_samples import NOON, a_feed, an_entry, texts
from tests.publishing_world import HOME, World, open_world, populate

FORMATS = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json",
}
DOCUMENTS = ["", *(f"/{name}" for name in FORMATS), "/ent_1"]


@pytest.fixture
async def world(mongo: Mongo, redis: Redis) -> AsyncIterator[World]:
    async with open_world(mongo, redis) as world:
        await populate(world)
        yield world


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=list(feed_routes(world.feeds)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://brand.example") as client:
        yield client


@pytest.mark.parametrize("document", FORMATS)
async def test_each_format_is_served_under_its_own_type(
    world: World, client: httpx.AsyncClient, document: str
) -> None:
    await world.entries.insert(an_entry())
    answer = await client.get(f"/feeds/{HOME}/{document}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, FORMATS[document])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "A title" in answer.text


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_a_reader_that_has_a_document_is_not_sent_it_again(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    await world.entries.insert(an_entry())
    url = f"/feeds/{HOME}{path}"
    first = await client.get(url)
    etag, changed = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"other", W/{etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": changed},
    ):
        known = await client.get(url, headers=headers)
        assert (known.status_code, known.content) == (304, b"")
        assert (known.headers["etag"], known.headers["last-modified"]) == (etag, changed)
        assert "content-type" not in known.headers
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": changed},
        {"If-Modified-Since": "Sun, 01 Mar 2020 00:00:00 GMT"},
        {"If-Modified-Since": "nonsense"},
    ):
        assert (await client.get(url, headers=headers)).content == first.content


async def sent(world: World, method: str, path: str) -> bytes:
    """The body that the application hands to the server, which a client may not show."""
    scope = {
        "type": "http",
        "method": method,
        "path": f"/feeds/{HOME}{path}",
        "query_string": b"",
        "headers": [],
    }
    body = b""

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        nonlocal body
        body += message.get("body", b"")

    await Starlette(routes=list(feed_routes(world.feeds)))(scope, receive, send)
    return body


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_head_answers_as_get_without_the_document(
    world: World, client: httpx.AsyncClient, path: str
) -> None:
    await world.entries.insert(an_entry())
    got = await client.get(f"/feeds/{HOME}{path}")
    head = await client.head(f"/feeds/{HOME}{path}")
    assert (head.status_code, head.content, head.headers) == (200, b"", got.headers)
    assert int(head.headers["content-length"]) == len(got.content)
    assert await sent(world, "HEAD", path) == b""
    assert await sent(world, "GET", path) == got.content


async def test_a_feed_is_new_to_a_reader_once_an_entry_came_or_went(
    world: World, client: httpx.AsyncClient
) -> None:
    later = NOON + timedelta(minutes=1)
    await world.stores.workspaces.update({"_id": HOME}, {"$set": {"updated_at": NOON}})
    await world.entries.insert(an_entry())
    url = f"/feeds/{HOME}/atom.xml"
    before = await client.get(url)
    await world.entries.insert(an_entry(id="ent_2", published_at=later, updated_at=later))
    seen = {"If-Modified-Since": before.headers["last-modified"]}
    after = await client.get(url, headers=seen)
    assert (after.status_code, len(feedparser.parse(after.content).entries)) == (200, 2)
    await world.entries.delete("ent_2")
    seen = {"If-Modified-Since": after.headers["last-modified"]}
    again = await client.get(url, headers=seen)
    assert again.content == before.content
    assert again.headers["etag"] == before.headers["etag"] != after.headers["etag"]


async def test_what_was_not_published_is_404_whether_or_not_it_exists(
    world: World, client: httpx.AsyncClient
) -> None:
    paths = [f"/feeds/{id}{path}" for id in (HOME, "wsp_nowhere") for path in DOCUMENTS]
    answers = [await client.get(path) for path in paths]
    assert {(a.status_code, a.text) for a in answers} == {
        (404, "Nothing has been published here.\n")
    }
    await world.entries.insert(an_entry())
    assert (await client.get("/feeds/wsp_other/ent_1")).status_code == 404
    assert (await client.post(f"/feeds/{HOME}/rss.xml")).status_code == 405


# The driver leaves a socket that was refused to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_an_absent_database_is_a_503_that_says_when_to_come_back() -> None:
    mongo = Mongo("mongodb://127.0.0.1:1/?directConnection=true", "away", timeout=0.1)
    redis = Redis("redis://127.0.0.1:1", "away")
    async with open_world(mongo, redis) as world:
        app = Starlette(routes=list(feed_routes(world.feeds)))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://feeds") as client:
            answer = await client.get(f"/feeds/{HOME}/rss.xml")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    await redis.close()
    await mongo.close()
    gc.collect()


async def test_pages_run_nothing_and_tell_programs_where_the_feeds_are(
    world: World, client: httpx.AsyncClient
) -> None:
    await world.entries.insert(an_entry(body="<script>alert(1)</script>"))
    for path in ("", "/ent_1"):
        answer = await client.get(f"/feeds/{HOME}{path}")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"] == POLICY
        assert f"sha256-{STYLE_HASH}" in POLICY
        assert f"<style>{STYLE}</style>" in answer.text
        assert "<script" not in answer.text
        found = re.findall(
            r'<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)">', answer.text
        )
        assert dict(found) == {
            kind.split(";")[0]: f"https://brand.example/feeds/{HOME}/{name}"
            for name, kind in FORMATS.items()
        }


class Outline(HTMLParser):
    """The tags of a page, in order, and the text of its headings."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.language: str | None = None
        self._heading = False
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.language = dict(attrs)["lang"]
        if tag == "h1":
            self._heading = True
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        self._heading = self._heading and tag != "h1"

    def handle_data(self, data: str) -> None:
        if self._heading:
            self.headings[-1] += data


@given(title=texts, body=texts, tag=texts, name=texts)
def test_what_people_write_never_becomes_markup_of_a_page(
    title: str, body: str, tag: str, name: str
) -> None:
    entry = an_entry(title=title, body=body, tags=[tag], author_name=name, summary=body)
    page = Outline(entry_page(a_feed([entry], title=name), entry))
    assert page.language == "en"
    assert page.tags[:2] == ["html", "head"]
    assert (page.tags.count("main"), page.tags.count("article"), page.tags.count("h1")) == (1, 1, 1)
    if clean(title).strip():
        assert page.headings == [clean(title).strip()]
    assert not {"script", "img", "iframe", "form", "object", "base"} & set(page.tags)
    index = Outline(feed_page(a_feed([entry], title=name)))
    assert (index.tags.count("li"), index.tags.count("h1")) == (1, 1)
