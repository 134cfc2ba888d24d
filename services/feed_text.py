"""Text that other people's programs will read: without what no document may hold, and as HTML."""

from __future__ import annotations

import html
import re

# XML 1.0, 2.2: every other character makes a document unreadable, even when it is escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEWLINE = re.compile("\r\n?|\u0085|\u2028|\u2029")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_LINK = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]", re.IGNORECASE)


def clean(text: str) -> str:
    """The text without characters that XML forbids, every line end a newline."""
    return _ILLEGAL.sub("", _NEWLINE.sub("\n", text))


def as_html(body: str) -> str:
    """The body as HTML: paragraphs, line breaks and links, and nothing else of what it says."""
    paragraphs = (found.strip() for found in _PARAGRAPH.split(clean(body)))
    return "".join(f"<p>{_lines(found)}</p>" for found in paragraphs if found)


def _lines(paragraph: str) -> str:
    return _linked(paragraph).replace("\n", "<br>")


def _linked(text: str) -> str:
    parts, end = [], 0
    for link in _LINK.finditer(text):
        url = html.escape(link[0])
        parts += [
            html.escape(text[end : link.start()]),
            f'<a href="{url}" rel="nofollow">{url}</a>',
        ]
        end = link.end()
    return "".join([*parts, html.escape(text[end:])])
