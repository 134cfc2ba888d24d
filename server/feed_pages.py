"""The feed for people: a page of its entries, and one of each. No script, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from string import Template

from datasources.feed import Entry
from services.feed_formats import ATOM, JSON, RSS, tags, timestamp
from services.feed_text import as_html, clean
from services.feeds import Feed, headline

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.0625rem/1.6 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1.5rem}"
    "h1,h2{line-height:1.25;overflow-wrap:anywhere}p{overflow-wrap:anywhere}"
    "ul{padding:0;list-style:none}li{margin:0 0 1.5rem}time,.by{opacity:.75}"
    ".tags li{display:inline;margin:0 .75rem 0 0}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FORMATS = (
    (RSS, "application/rss+xml", "RSS"),
    (ATOM, "application/atom+xml", "Atom"),
    (JSON, "application/feed+json", "JSON Feed"),
)

PAGE = Template(
    """<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<meta name="description" content="$description">
<link rel="canonical" href="$url">
$alternates
<style>$style</style>
</head>
<body>
$body
</body>
</html>
"""
)


def feed_page(feed: Feed) -> bytes:
    """The page of a feed: what it is, where readers can follow it, its entries."""
    items = "\n".join(
        f'<li><h2><a href="{text(feed.url_of(entry))}">{text(headline(entry))}</a></h2>'
        f"{dated(entry)}<p>{text(entry.summary)}</p></li>"
        for entry in feed.entries
    )
    follow = ", ".join(
        f'<a href="{text(feed.url)}/{name}">{label}</a>' for name, _, label in FORMATS
    )
    body = (
        f"<main>\n<h1>{text(feed.title)}</h1>\n<p>{text(feed.description)}</p>\n"
        f"<ul>\n{items}\n</ul>\n</main>\n<footer><p>Follow by {follow}.</p></footer>"
    )
    return page(feed, feed.title, feed.description, feed.url, body)


def entry_page(feed: Feed, entry: Entry) -> bytes:
    """The page of one entry."""
    by = f'<p class="by">By {text(entry.author_name)}</p>\n' if entry.author_name else ""
    named = "".join(f"<li>{text(tag)}</li>" for tag in tags(entry))
    labels = f'<ul class="tags" aria-label="Tags">{named}</ul>\n' if named else ""
    body = (
        f"<main>\n<article>\n<h1>{text(headline(entry))}</h1>\n{by}{dated(entry)}\n"
        f"{as_html(entry.body)}\n{labels}</article>\n</main>\n"
        f'<footer><p><a href="{text(feed.url)}">{text(feed.title)}</a></p></footer>'
    )
    title = f"{headline(entry)} · {feed.title}"
    return page(feed, title, entry.summary, feed.url_of(entry), body)


def page(feed: Feed, title: str, description: str, url: str, body: str) -> bytes:
    """A whole page; `body` is HTML, the rest is text."""
    written = PAGE.substitute(
        language=text(feed.language or "en"),
        title=text(title),
        description=text(description),
        url=text(url),
        alternates="\n".join(alternates(feed)),
        style=STYLE,
        body=body,
    )
    return written.encode()


def alternates(feed: Feed) -> Iterable[str]:
    """What tells a reader's program where the feed is."""
    for name, kind, _ in FORMATS:
        yield (
            f'<link rel="alternate" type="{kind}" title="{text(feed.title)}" '
            f'href="{text(feed.url)}/{name}">'
        )


def dated(entry: Entry) -> str:
    """When it was published, for eyes and for programs."""
    moment = entry.published_at
    shown = f"{moment.day} {moment:%B %Y}"
    return f'<p><time datetime="{timestamp(moment)}">{shown}</time></p>'


def text(value: str) -> str:
    """Text as it stands in HTML, in an element or a quoted attribute."""
    return escape(clean(value))
