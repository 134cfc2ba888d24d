"""Feeds of somebody else, as bytes that `stranger` answers with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.fakes.stranger import Speak, ok

Item = tuple[str, datetime]
"""A title, and when it came out."""


def rss(title: str, items: Iterable[Item], base: str = "https://blog.example") -> bytes:
    """As RSS 2.0."""
    entries = "".join(
        f"<item><title>{escape(text)}</title><link>{base}/{number}</link>"
        f"<guid>{base}/{number}</guid><pubDate>{format_datetime(at)}</pubDate></item>"
        for number, (text, at) in enumerate(items)
    )
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    return f"{head}<title>{escape(title)}</title>{entries}</channel></rss>".encode()


def atom(title: str, items: Iterable[Item], base: str = "https://blog.example") -> bytes:
    """As Atom."""
    entries = "".join(
        f"<entry><id>{base}/{number}</id><title>{escape(text)}</title>"
        f'<link href="{base}/{number}"/><updated>{at.isoformat()}</updated></entry>'
        for number, (text, at) in enumerate(items)
    )
    head = '<feed xmlns="http://www.w3.org/2005/Atom">'
    return f"{head}<title>{escape(title)}</title>{entries}</feed>".encode()


def served(body: bytes, media_type: str = "application/rss+xml", **headers: str) -> bytes:
    """A feed as a server sends it."""
    return ok(body, media_type, **headers)


NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">]>
<rss version="2.0"><channel><title>&lol2;</title></channel></rss>"""
"""Entities that unfold (the billion laughs)."""

SPY = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY spy SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>&spy;</title></channel></rss>"""
"""An entity from a file of the reader's."""

PAGE = b"""<!DOCTYPE html><html><head><title>A blog</title>
<link rel="alternate" type="application/rss+xml" href="/real.xml"></head><body></body></html>"""
"""A web page that names its feed."""


def endless(piece: bytes = b"<item><title>more and more</title></item>" * 500) -> Speak:
    """A feed that never ends."""

    async def speak(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n<rss><channel>")
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()

    return speak
