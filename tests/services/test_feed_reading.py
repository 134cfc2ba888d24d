"""Reading feeds of strangers: every format, as they are really written, and nothing expanded."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feed_reading import FeedItem, FeedUnreadable, read_feed
from tests.fakes.feed_sites import BOMB, PAGE, SPY, atom, rss

URL = "https://blog.example/feeds/all.xml"
AT = datetime(2026, 11, 10, 10, 0, tzinfo=UTC)


def one(body: bytes, charset: str | None = None) -> FeedItem:
    """The only entry of a feed."""
    (item,) = read_feed(body, URL, charset).items
    return item


@pytest.mark.parametrize("form", [rss, atom])
def test_rss_and_atom_tell_the_same(form: object) -> None:
    assert callable(form)
    feed = read_feed(form("Tea & more", [("First flush", AT), ("Second < flush", AT)]), URL)
    assert feed.title == "Tea & more"
    assert [each.title for each in feed.items] == ["First flush", "Second < flush"]
    assert feed.items[0].url == "https://blog.example/0"
    assert {each.published_at for each in feed.items} == {AT}
    assert len({each.key for each in feed.items}) == 2


def test_rss_1_0_and_its_date_are_read() -> None:
    item = one(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>Old</title></channel>
        <item><title>An entry</title><link>/one</link><dc:date>2026-11-10T12:00:00+02:00</dc:date>
        </item></rdf:RDF>"""
    )
    assert (item.title, item.url) == ("An entry", "https://blog.example/one")
    assert item.published_at == AT


def test_markup_becomes_words_and_scripts_are_none() -> None:
    item = one(
        b"""<rss><channel><item><title>A &lt;b&gt;bold&lt;/b&gt; title&nbsp;here</title>
        <description><![CDATA[<p>Some <i>words</i></p><script>steal()</script>&amp; more]]>
        </description><link>javascript:alert(1)</link></item></channel></rss>"""
    )
    assert item.title == "A bold title here"
    assert item.summary == "Some words & more"
    assert item.url is None


@pytest.mark.parametrize(
    ("told", "charset"),
    [("windows-1252", None), ("utf-8", "windows-1252"), ("iso-8859-1", None)],
)
def test_the_server_knows_the_encoding_better_than_the_document(
    told: str, charset: str | None
) -> None:
    head = f'<?xml version="1.0" encoding="{told}"?>'.encode()
    body = head + b"<rss><channel><item><title>Caf\xe9</title></item></channel></rss>"
    assert one(body, charset).title == "Caf\u00e9"


def test_a_feed_in_utf_16_and_one_in_an_unknown_encoding_are_read() -> None:
    text = "<rss><channel><item><title>Caf\u00e9</title></item></channel></rss>"
    assert one(text.encode("utf-16")).title == "Caf\u00e9"
    assert one(text.encode(), "unicode_escape").title == "Caf\u00e9"


def test_an_entry_without_words_is_none_and_one_without_a_date_tells_none() -> None:
    feed = read_feed(
        b"<rss><channel><item/><item><title>Words</title><pubDate>soon</pubDate></item>"
        b"</channel></rss>",
        URL,
    )
    assert [each.published_at for each in feed.items] == [None]


def test_a_hundred_entries_are_read_and_no_more() -> None:
    feed = read_feed(rss("Many", [(f"Entry {number}", AT) for number in range(150)]), URL)
    assert len(feed.items) == 100


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "nothing at this address"),
        (PAGE, "It names https://blog.example/real.xml as its feed"),
        (b"<!doctype html><p>No feed", "This is a web page and no feed"),
        (b'{"version": 1}', "This is no feed, or a damaged one"),
        (b"<rss><channel>", "This is no feed, or a damaged one"),
        (b"<svg/>", "This is XML and no feed: it begins with <svg>"),
        (BOMB, "declares entities"),
        (SPY, "declares entities"),
        (b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://10.0.0.1/"> %p;]><rss/>', "entities"),
        (b"<rss>" + b"<a>" * 500, "more elements"),
        (b"<rss>" + b"<a/>" * 100_000, "more elements"),
    ],
)
def test_what_is_no_feed_is_told_in_a_sentence(body: bytes, said: str) -> None:
    began = time.process_time()
    with pytest.raises(FeedUnreadable, match=said):
        read_feed(body, URL)
    assert time.process_time() - began < 2


def test_an_old_document_type_without_entities_is_no_danger_and_not_fetched() -> None:
    body = rss("Old", [("Entry of it", AT)]).replace(
        b"<rss", b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://10.0.0.1/x"><rss'
    )
    assert one(body).title == "Entry of it"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_are_refused(body: bytes) -> None:
    try:
        feed = read_feed(body, URL)
    except FeedUnreadable:
        return
    assert len(feed.items) <= 100


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=80)


@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(-12, 12))
def test_what_is_written_is_read_again(titles: list[str], ahead: int) -> None:
    at = AT.astimezone(timezone(timedelta(hours=ahead)))
    kept = [title for title in titles if title.split() and "&" not in title and "<" not in title]
    feed = read_feed(rss("Feed", [(title, at) for title in kept]), URL)
    assert [each.title for each in feed.items] == [" ".join(title.split()) for title in kept]
    assert all(each.published_at == AT for each in feed.items)
