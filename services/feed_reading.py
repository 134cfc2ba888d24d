"""Reading what a stranger publishes as a feed: RSS 0.9x, 1.0 and 2.0, Atom, and JSON Feed.

Bytes in, titles and plain text out. Nothing is fetched and nothing is expanded: a document that
declares entities is refused. CPU only; call it in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

from services.failures import Failure
from services.feed_html import alternate, text_of
from services.feed_xml import Refused, tree

MOST_ITEMS = 100
TITLE, SUMMARY, URL = 300, 1000, 2048
READ = 20_000
"""Characters of an item's text that are looked at."""
PAGE = re.compile(r"^\s*(<!--.*?-->\s*)*(<!doctype\s+html|<html)", re.IGNORECASE | re.DOTALL)
ENCODING = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
KNOWN = re.compile(
    r"utf-?8|utf-?16(-?[lb]e)?|us-ascii|ascii|(iso-?8859|windows|cp|latin)[-_]?\d{1,4}(-\d{1,2})?"
    r"|koi8-[ru]|gb2312|gbk|gb18030|big5|shift[_-]jis|euc-(jp|kr)|iso-2022-jp|macintosh",
    re.IGNORECASE,
)


class FeedUnreadable(Failure):
    """What a URL leads to is no feed, or none that can be read."""

    code = "FEED_UNREADABLE"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An entry. `key` tells it from the others of its feed; `published_at` is None if untold."""

    key: str
    title: str
    summary: str
    url: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed, with its first 100 entries at most."""

    title: str
    items: Sequence[FeedItem]


def read_feed(body: bytes, url: str, charset: str | None = None) -> ReadFeed:
    """The feed that these bytes are. `charset` is what its server says. Raises FeedUnreadable."""
    text = decoded(body, charset)
    if not text.strip():
        raise FeedUnreadable("There is nothing at this address: the answer is empty.")
    if PAGE.match(text[:2000]):
        raise page(text, url)
    try:
        root = tree(text)
    except Refused as refused:
        raise FeedUnreadable(str(refused)) from None
    except ExpatError as error:
        raise FeedUnreadable(
            f"This is no feed, or a damaged one: no XML from line {error.lineno} on. "
            "Look for the feed's own address."
        ) from None
    return of_tree(root, url)


def page(text: str, url: str) -> FeedUnreadable:
    """A web page, with the address of its feed if it names one."""
    found = alternate(text[:100_000])
    named = link(found, url) if found else None
    if named:
        return FeedUnreadable(
            f"This is a web page and no feed. It names {named} as its feed: add that instead."
        )
    return FeedUnreadable("This is a web page and no feed. Look for the feed's own address.")


def decoded(body: bytes, charset: str | None) -> str:
    """The text of a document, by its mark, by what its server says, or by what it says itself."""
    told = ENCODING.search(body[:400])
    named = charset or (told[1].decode("ascii") if told else None)
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        named = "utf-16"
    elif body.startswith(b"\xef\xbb\xbf") or not named or not KNOWN.fullmatch(named):
        named = "utf-8"
    try:
        return body.decode(named, "replace").lstrip("\ufeff")
    except LookupError:
        return body.decode("utf-8", "replace")


def of_tree(root: Element, url: str) -> ReadFeed:
    """The feed in a document of any of the formats."""
    if local(root) not in ("rss", "RDF", "feed"):
        raise FeedUnreadable(
            f"This is XML and no feed: it begins with <{local(root)[:40]}>. Look for an address "
            "of RSS or Atom."
        )
    channel = next((each for each in root if local(each) == "channel"), root)
    entries = [each for each in (*channel, *root) if local(each) in ("item", "entry")]
    items = [item(each, url) for each in dict.fromkeys(entries[: 2 * MOST_ITEMS])]
    title = text_of(inner(channel, "title"))[:TITLE]
    return ReadFeed(title, [each for each in items if each is not None][:MOST_ITEMS])


def item(entry: Element, url: str) -> FeedItem | None:
    """An entry; None for one without words."""
    title = text_of(inner(entry, "title")[:READ])[:TITLE]
    body = inner(entry, "encoded") or inner(entry, "content")
    told = inner(entry, "description") or inner(entry, "summary") or body
    summary = text_of(told[:READ])[:SUMMARY]
    if not title and not summary:
        return None
    address = link(address_of(entry), url)
    dates = ("pubDate", "published", "issued", "date", "updated", "modified")
    return FeedItem(
        key=inner(entry, "guid") or inner(entry, "id") or address or title or summary,
        title=title,
        summary=summary,
        url=address,
        published_at=next((at for name in dates if (at := moment(inner(entry, name)))), None),
    )


def address_of(entry: Element) -> str:
    """Where an entry is to be read."""
    for each in entry:
        if local(each) == "link" and each.get("rel", "alternate") == "alternate":
            return each.get("href") or "".join(each.itertext())
    guid = next((each for each in entry if local(each) == "guid"), None)
    return "" if guid is None or guid.get("isPermaLink") == "false" else "".join(guid.itertext())


def link(address: str, base: str) -> str | None:
    """A whole address of the web, None for anything else."""
    try:
        whole = urljoin(base, address.strip()) if address.strip() else ""
        good = urlsplit(whole).scheme in ("http", "https") and bool(urlsplit(whole).hostname)
    except ValueError:
        return None
    return whole if good and len(whole) <= URL and whole.isprintable() else None


def moment(told: str) -> datetime | None:
    """A time as RSS or Atom has it; UTC where no zone is told."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(told.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        try:
            return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    return None


def inner(element: Element, name: str) -> str:
    """The text of the first child of that name, whatever its namespace; "" where there is none."""
    for each in element:
        if local(each) == name:
            return "".join(each.itertext()).strip()
    return ""


def local(element: Element) -> str:
    """A name without its namespace."""
    return element.tag.rpartition("}")[2]
