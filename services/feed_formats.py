"""A feed as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, by the rules of the W3C's validator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from datasources.feed import Entry
from services.feed_text import as_html, clean
from services.feeds import Feed, headline, urn

RSS, ATOM, JSON = "rss.xml", "atom.xml", "feed.json"
JSON_FEED = "https://jsonfeed.org/version/1.1"


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0, with the whole text of each entry in content:encoded."""
    root = Element("rss", {"version": "2.0"})
    for prefix, namespace in (
        ("atom", "http://www.w3.org/2005/Atom"),
        ("content", "http://purl.org/rss/1.0/modules/content/"),
        ("dc", "http://purl.org/dc/elements/1.1/"),
    ):
        root.set(f"xmlns:{prefix}", namespace)
    channel = SubElement(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.url)
    add(channel, "description", feed.description)
    add(channel, "language", feed.language)
    add(channel, "lastBuildDate", format_datetime(feed.updated_at.astimezone(UTC), usegmt=True))
    add(
        channel,
        "atom:link",
        href=f"{feed.url}/{RSS}",
        rel="self",
        type="application/rss+xml",
    )
    for entry in feed.entries:
        rss_item(SubElement(channel, "item"), feed, entry)
    return document(root)


def rss_item(item: Element, feed: Feed, entry: Entry) -> None:
    """One entry. A title is left out where the piece has none, as RSS has it for short posts."""
    add(item, "title", entry.title)
    add(item, "link", feed.url_of(entry))
    add(item, "guid", urn(entry.id), isPermaLink="false")
    add(item, "pubDate", format_datetime(entry.published_at.astimezone(UTC), usegmt=True))
    add(item, "dc:creator", entry.author_name)
    for tag in tags(entry):
        add(item, "category", tag)
    add(item, "description", entry.summary or headline(entry))
    add(item, "content:encoded", as_html(entry.body))


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    if feed.language:
        root.set("xml:lang", clean(feed.language))
    add(root, "id", feed.id)
    add(root, "title", feed.title)
    add(root, "subtitle", feed.description)
    add(root, "updated", timestamp(feed.updated_at))
    add(root, "link", rel="self", type="application/atom+xml", href=f"{feed.url}/{ATOM}")
    add(root, "link", rel="alternate", type="text/html", href=feed.url)
    add(SubElement(root, "author"), "name", feed.title)
    for entry in feed.entries:
        atom_entry(SubElement(root, "entry"), feed, entry)
    return document(root)


def atom_entry(item: Element, feed: Feed, entry: Entry) -> None:
    """One entry; the feed's own author stands in where it has none."""
    add(item, "id", urn(entry.id))
    add(item, "title", headline(entry) or entry.id)
    add(item, "published", timestamp(entry.published_at))
    add(item, "updated", timestamp(entry.updated_at))
    add(item, "link", rel="alternate", type="text/html", href=feed.url_of(entry))
    if entry.author_name:
        add(SubElement(item, "author"), "name", entry.author_name)
    for tag in tags(entry):
        add(item, "category", term=tag)
    add(item, "summary", entry.summary)
    add(item, "content", as_html(entry.body), type="html")


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    described: dict[str, object] = {
        "version": JSON_FEED,
        "title": clean(feed.title),
        "home_page_url": feed.url,
        "feed_url": f"{feed.url}/{JSON}",
        "description": clean(feed.description),
    }
    if feed.language:
        described["language"] = clean(feed.language)
    described["items"] = [json_item(feed, entry) for entry in feed.entries]
    return msgspec.json.encode(described)


def json_item(feed: Feed, entry: Entry) -> dict[str, object]:
    """One entry, without the fields that it has nothing for."""
    found: dict[str, object] = {
        "id": urn(entry.id),
        "url": feed.url_of(entry),
        "title": clean(entry.title or "").strip(),
        "content_html": as_html(entry.body),
        "content_text": clean(entry.body),
        "summary": clean(entry.summary),
        "date_published": timestamp(entry.published_at),
        "date_modified": timestamp(entry.updated_at),
        "tags": list(tags(entry)),
    }
    if entry.author_name:
        found["authors"] = [{"name": clean(entry.author_name)}]
    kept = ("id", "url", "content_html")
    return {name: value for name, value in found.items() if value or name in kept}


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> None:
    """A child with that text, cleaned. Nothing at all where there is no text and no attribute."""
    content = clean(text or "")
    if content.strip() or attributes:
        named = {name: clean(value) for name, value in attributes.items()}
        SubElement(parent, tag, named).text = content or None


def tags(entry: Entry) -> Iterable[str]:
    """The entry's tags, those that hold something."""
    return (tag for tag in map(clean, entry.tags) if tag.strip())


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(root: Element) -> bytes:
    """The tree as a UTF-8 document."""
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
