"""What can be told of HTML: its plain text, and the feed that a page names."""

from __future__ import annotations

from html.parser import HTMLParser

SILENT = frozenset({"script", "style", "template", "noscript"})
FEEDS = frozenset({"application/rss+xml", "application/atom+xml"})


class Words(HTMLParser):
    """Gathers the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What is between tags is parted."""
        self._silent += tag in SILENT
        self.found.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """So is what follows."""
        self._silent = max(0, self._silent - (tag in SILENT))
        self.found.append(" ")

    def handle_data(self, data: str) -> None:
        """Text, unless nobody sees it."""
        if not self._silent:
            self.found.append(data)


class Alternates(HTMLParser):
    """Looks for the feeds that a page names."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link to one."""
        told = dict(attrs)
        if tag == "link" and (told.get("type") or "").lower() in FEEDS and told.get("href"):
            self.found.append(str(told["href"]))


def text_of(markup: str) -> str:
    """The words of some HTML, or of plain text, on one line."""
    if "<" not in markup and "&" not in markup:
        return " ".join(markup.split())
    words = Words()
    words.feed(markup)
    words.close()
    return " ".join("".join(words.found).split())


def alternate(page: str) -> str | None:
    """The address of the first feed that a page names."""
    found = Alternates()
    found.feed(page)
    return found.found[0] if found.found else None
