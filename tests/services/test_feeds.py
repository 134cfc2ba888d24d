"""Feeds, read as a reader's program reads them, and held against their specifications."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlparse
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from datasources.feed import Entry, entry_id
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.workspaces import Workspace, WorkspaceSettings
from services.failures import NotFound
from services.feed_formats import atom, json_feed, rss
from services.feed_text import as_html, clean
from services.feeds import Feed
from services.summary import summary
from tests.feed_samples import a_feed, an_entry, texts
from tests.publishing_world import HOME, World, open_world, populate

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
RFC_822 = re.compile(
    r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$"
)
RFC_3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
ALLOWED_TAGS = {"p", "br", "a"}


@pytest.fixture
async def world(mongo: Mongo, redis: Redis) -> AsyncIterator[World]:
    async with open_world(mongo, redis) as world:
        await populate(world)
        yield world


class Tags(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def texts_of(parent: ET.Element, tag: str) -> list[str]:
    return [found.text or "" for found in parent.findall(tag)]


@given(title=st.none() | texts, body=texts, tag=texts, author=st.none() | texts, name=texts)
def test_whatever_people_write_every_format_can_be_read_and_says_the_same(
    title: str | None, body: str, tag: str, author: str | None, name: str
) -> None:
    entry = an_entry(title=title, body=body, summary=summary(body), tags=[tag], author_name=author)
    feed = a_feed([entry], title=name)
    item = ET.fromstring(rss(feed)).find("channel/item")
    found = ET.fromstring(atom(feed)).find(f"{ATOM}entry")
    [told] = json.loads(json_feed(feed))["items"]
    assert item is not None
    assert found is not None
    html = as_html(body)
    assert (item.findtext(CONTENT) or "") == html
    assert (found.findtext(f"{ATOM}content") or "") == html == told["content_html"]
    wanted = [clean(tag)] if clean(tag).strip() else []
    assert texts_of(item, "category") == wanted == told.get("tags", [])
    assert (item.findtext(CREATOR) or "").strip() == clean(author or "").strip()


@given(body=texts)
def test_html_of_a_body_holds_paragraphs_breaks_and_web_links_only(body: str) -> None:
    page = Tags()
    page.feed(as_html(body))
    page.close()
    for tag, attributes in page.tags:
        assert tag in ALLOWED_TAGS
        assert set(attributes) <= {"href", "rel"}
        if tag == "a":
            assert urlparse(attributes["href"] or "").scheme.lower() in ("http", "https")
    assert "".join(page.text.split()) == "".join(clean(body).split())


def test_paragraphs_breaks_and_links_become_html() -> None:
    body = "One & two\nthree\n\n\nSee https://a.example/x?y=1&z=2."
    assert as_html(body) == (
        "<p>One &amp; two<br>three</p><p>See "
        '<a href="https://a.example/x?y=1&amp;z=2" rel="nofollow">https://a.example/x?y=1&amp;z=2</a>.</p>'
    )


def test_rss_follows_the_rules_of_its_specification() -> None:
    feed = a_feed([an_entry(), an_entry(id="ent_2", title=None)])
    root = ET.fromstring(rss(feed))
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    [channel] = root
    for required in ("title", "link", "description", "language", "lastBuildDate"):
        [text] = texts_of(channel, required)
        assert text.strip()
    assert RFC_822.match(channel.findtext("lastBuildDate") or "")
    link = channel.find(f"{ATOM}link")
    assert link is not None
    assert link.attrib == {
        "href": f"{feed.url}/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    guids = []
    for item in channel.findall("item"):
        assert RFC_822.match(item.findtext("pubDate") or "")
        assert (item.findtext("link") or "").startswith(f"{feed.url}/ent_")
        assert item.findtext("description")
        assert item.find("author") is None  # it would have to be an email address
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        guids.append(guid.text)
    assert len(set(guids)) == 2
    assert [bool(texts_of(item, "title")) for item in channel.findall("item")] == [True, False]


def test_atom_follows_the_rules_of_its_specification() -> None:
    feed = a_feed([an_entry(), an_entry(id="ent_2", title=None, author_name=None)])
    root = ET.fromstring(atom(feed))
    ids = [root.findtext(f"{ATOM}id")]
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.attrib for link in root.findall(f"{ATOM}link")}
    assert links["self"]["href"] == f"{feed.url}/atom.xml"
    assert links["alternate"]["href"] == feed.url
    assert RFC_3339.match(root.findtext(f"{ATOM}updated") or "")
    for entry in root.findall(f"{ATOM}entry"):
        ids.append(entry.findtext(f"{ATOM}id"))
        for one in ("title", "updated", "published", "content"):
            [text] = texts_of(entry, f"{ATOM}{one}")
            assert text
        assert RFC_3339.match(entry.findtext(f"{ATOM}updated") or "")
        [alternate] = entry.findall(f"{ATOM}link")
        assert alternate.get("rel") == "alternate"
    assert len(set(ids)) == 3
    for id in ids:
        assert uuid.UUID((id or "").removeprefix("urn:uuid:")).version == 5


def test_json_feed_follows_the_rules_of_its_specification() -> None:
    feed = a_feed([an_entry(), an_entry(id="ent_2", title=None, author_name=None, tags=[])])
    found: dict[str, Any] = json.loads(json_feed(feed))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["feed_url"] == f"{feed.url}/feed.json"
    assert found["home_page_url"] == feed.url
    full, short = found["items"]
    assert full["authors"] == [{"name": "Ada Lovelace"}]
    assert full["tags"] == ["news"]
    assert RFC_3339.match(full["date_published"])
    assert RFC_3339.match(full["date_modified"])
    assert full["id"] != short["id"]
    assert not {"title", "authors", "tags"} & set(short)


@pytest.mark.parametrize("render", [rss, atom])
def test_a_common_reader_finds_everything_and_nothing_to_complain_of(render: Any) -> None:
    entry = an_entry(title="Fish & <chips>", body="A\n\nB <b>", tags=["a&b", "c"])
    found = feedparser.parse(render(a_feed([entry], title="Ada's <feed>")))
    assert not found.bozo
    assert found.feed.title == "Ada's <feed>" or found.feed.title == "Ada's &lt;feed&gt;"
    [item] = found.entries
    assert item.link.endswith("/ent_1")
    assert [tag.term for tag in item.tags] == ["a&b", "c"]
    assert item.author == "Ada Lovelace"
    assert item.published_parsed[:5] == (2026, 3, 1, 12, 0)
    assert item.content[0].value == "<p>A</p><p>B &lt;b&gt;</p>"


def test_ids_stay_the_same_wherever_the_server_moves() -> None:
    here, there = (
        a_feed([an_entry()], url=url) for url in ("https://a.example", "https://b.example")
    )
    ids = {json.loads(json_feed(feed))["items"][0]["id"] for feed in (here, there)}
    assert len(ids) == 1


def test_a_summary_is_one_line_cut_at_a_word() -> None:
    assert summary("a\n b") == "a b"
    assert summary("word " * 100, 20) == "word word word word…"
    assert summary("x" * 300, 20) == "x" * 19 + "…"
    assert summary("x" * 20, 20) == "x" * 20


async def publish(world: World, count: int) -> list[Entry]:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    entries = [
        an_entry(id=entry_id(f"tgt_{n:03}"), published_at=start + timedelta(hours=n))
        for n in range(count)
    ]
    await world.entries.insert_many(entries)
    return entries


async def test_a_feed_has_the_latest_entries_newest_first(world: World) -> None:
    entries = await publish(world, 60)
    feed = await world.feeds.feed(HOME)
    assert list(feed.entries) == entries[:9:-1]


async def test_the_title_and_language_are_the_nearest_that_were_set(world: World) -> None:
    now = world.clock()

    async def workspace(id: str, path: list[str], settings: WorkspaceSettings) -> None:
        await world.stores.workspaces.insert(
            Workspace(
                id=id,
                name=id,
                path=path,
                settings=settings,
                created_by="usr_editor",
                created_at=now,
                updated_at=now,
            )
        )
        await world.entries.insert(an_entry(id=f"ent_{id}", workspace_id=id))

    await workspace("top", ["top"], WorkspaceSettings(language="de", feed_title="Top feed"))
    await workspace("mid", ["top", "mid"], WorkspaceSettings(feed_description="About"))
    await workspace("low", ["top", "mid", "low"], WorkspaceSettings(feed_title="Low feed"))
    low = await world.feeds.feed("low")
    assert (low.title, low.language, low.description) == ("Low feed", "de", "About")
    mid = await world.feeds.feed("mid")
    assert mid.title == "Top feed"
    assert (await world.feeds.feed(await home_with_entry(world))).title == "Analytical"


async def home_with_entry(world: World) -> str:
    await publish(world, 1)
    return HOME


async def test_a_workspace_that_published_nothing_sounds_like_none_at_all(world: World) -> None:
    for id in (HOME, "wsp_nowhere"):
        with pytest.raises(NotFound, match=f"There is no feed '{id}' that you can see."):
            await world.feeds.feed(id)


async def test_an_entry_is_found_in_its_own_feed_only(world: World) -> None:
    [entry] = await publish(world, 1)
    home = await world.stores.workspaces.get(HOME)
    assert home is not None
    await world.stores.workspaces.insert(replace(home, id="wsp_other", path=["wsp_other"]))
    feed, found = await world.feeds.entry(HOME, entry.id)
    assert isinstance(feed, Feed)
    assert found == entry
    for workspace, id in (("wsp_other", entry.id), (HOME, "ent_nothing")):
        with pytest.raises(NotFound):
            await world.feeds.entry(workspace, id)


async def test_an_entry_is_put_once_a_version_and_never_goes_back(world: World) -> None:
    first, later = an_entry(body="one"), an_entry(body="two", content_version=2)
    await world.entries.put(first)
    await world.entries.put(an_entry(body="same version"))
    assert await world.entries.get("ent_1") == first
    moved = later.published_at + timedelta(days=1)
    await world.entries.put(an_entry(body="two", content_version=2, published_at=moved))
    await world.entries.put(first)
    assert await world.entries.get("ent_1") == later


async def test_a_feed_is_read_by_an_index(world: World) -> None:
    await publish(world, 5)
    cursor = world.entries.raw.find(
        {"workspace_id": HOME}, sort=[("published_at", -1), ("_id", -1)]
    )
    plan = (await cursor.limit(50).explain())["queryPlanner"]["winningPlan"]
    assert "of_workspace" in str(plan)
    assert "SORT" not in str(plan)
