"""The tables that platforms export of posts: which columns they have, and how to read them.

X: the content export of its analytics (2026), and the older one by tweet. LinkedIn: "All posts" of
a page's content analytics, and "Top posts" of a member's, each saved as CSV.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datasources.content import Platform
from datasources.snapshots import Metric
from services.failures import BadInput, Failure

LARGEST_TEXT = 800_000
MOST_ROWS = 2000
PREAMBLE = 20
DELIMITERS = (",", ";", "\t")
GROUPS = re.compile(r"\d{1,3}(?:([.,'\u2019 \u00a0\u202f])\d{3})(?:\1\d{3})*")
"""Thousands, as one or another country parts them."""
LINKEDIN_ID = re.compile(r"urn:li:[a-zA-Z]+:\d+|(?<=-)(?:share|ugcPost|activity)-\d+")
X_ID = re.compile(r"(?:status(?:es)?/)?(\d{5,25})(?:\D|$)")
NOTHING = ("", "-", "–", "n/a", "N/A")

POST = {
    Platform.LINKEDIN: ("post link", "post url", "update url", "url"),
    Platform.X: ("post id", "tweet id", "post link", "tweet permalink"),
}
"""What a post is known by, the best first."""

COUNTERS: Mapping[Platform, Mapping[Metric, Sequence[str]]] = {
    Platform.LINKEDIN: {
        Metric.IMPRESSIONS: ("impressions",),
        Metric.REACH: ("unique impressions", "members reached"),
        Metric.REACTIONS: ("likes", "reactions"),
        Metric.COMMENTS: ("comments",),
        Metric.SHARES: ("reposts", "shares"),
        Metric.CLICKS: ("clicks",),
        Metric.SAVES: ("saves",),
        Metric.VIDEO_VIEWS: ("views", "video views"),
    },
    Platform.X: {
        Metric.IMPRESSIONS: ("impressions",),
        Metric.REACTIONS: ("likes", "favorites"),
        Metric.COMMENTS: ("replies",),
        Metric.SHARES: ("reposts", "retweets"),
        Metric.SAVES: ("bookmarks",),
        Metric.CLICKS: ("url clicks",),
        Metric.VIDEO_VIEWS: ("media views",),
    },
}


class ExportUnreadable(Failure):
    """The text is no export of that platform, as far as we know them."""

    code = "EXPORT_UNREADABLE"

    def __init__(self, problem: str, platform: Platform) -> None:
        counters = [name for names in COUNTERS[platform].values() for name in names]
        super().__init__(
            f"This cannot be read as an export of {platform.value}: {problem} Save the platform's "
            "own table of posts as CSV, in English, with its line of column names.",
            columns=[*POST[platform], *counters],
        )


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A post in an export: its line, what it is known by, and its counters.

    `problem` tells why it cannot be taken, as a whole.
    """

    line: int
    post: str
    counts: Mapping[Metric, int]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row is what."""

    post: int
    counters: Mapping[Metric, int]


def export_rows(platform: Platform, text: str) -> list[ExportRow]:
    """The posts of an export, in its order. `ExportUnreadable`; BadInput for its size."""
    if len(text) > LARGEST_TEXT:
        raise BadInput("csv", f"is too long: {len(text)} characters.", f"at most {LARGEST_TEXT}")
    if platform not in POST:
        raise BadInput("platform", f"{platform.value} exports no figures.", list(POST))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for delimiter in DELIMITERS:
        for number, line in enumerate(lines[:PREAMBLE], start=1):
            columns = columns_of(platform, head_of(line, delimiter))
            if columns is not None:
                rows = numbered(lines[number:], delimiter, number, platform)
                return bounded([row_of(each, columns) for each in rows if any(each[1])])
    raise ExportUnreadable("no line has the names of its columns.", platform)


def head_of(line: str, delimiter: str) -> list[str]:
    """What would be names of columns; nothing where the line is of another sort."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def numbered(
    lines: Sequence[str], delimiter: str, before: int, platform: Platform
) -> Iterator[tuple[int, list[str]]]:
    """Each row below the names, with the number of its last line in the file."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield before + reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        at = before + reader.line_num
        raise ExportUnreadable(f"line {at} is broken: {error}.", platform) from None


def columns_of(platform: Platform, head: Sequence[str]) -> Columns | None:
    """Where the columns are, if this row names one of a post and one of a counter."""
    names = [name.casefold() for name in head]
    post = place(names, POST[platform])
    found = {metric: place(names, known) for metric, known in COUNTERS[platform].items()}
    counters = {metric: at for metric, at in found.items() if at is not None}
    return Columns(post, counters) if post is not None and counters else None


def place(names: Sequence[str], known: Sequence[str]) -> int | None:
    """Where the first of these names stands."""
    return next((names.index(name) for name in known if name in names), None)


def row_of(row: tuple[int, list[str]], columns: Columns) -> ExportRow:
    """One post."""
    line, cells = row
    if columns.post >= len(cells) or not cells[columns.post]:
        return ExportRow(line, "", {}, "It does not say which post it is of.")
    counts: dict[Metric, int] = {}
    post = cells[columns.post][:300]
    for metric, at in columns.counters.items():
        cell = cells[at] if at < len(cells) else ""
        if cell in NOTHING:
            continue
        value = number(cell)
        if value is None:
            return ExportRow(line, post, {}, f"{metric.value} is {cell[:40]!r}, no whole number.")
        counts[metric] = value
    return ExportRow(line, post, counts, None if counts else "It has no figures.")


def number(cell: str) -> int | None:
    """A whole number, thousands parted as any country does; None for anything else."""
    plain = cell.removesuffix(".0")
    if GROUPS.fullmatch(plain):
        plain = re.sub(r"\D", "", plain)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 12 else None


def bounded(rows: list[ExportRow]) -> list[ExportRow]:
    """No more of them than are taken at once."""
    if len(rows) > MOST_ROWS:
        raise BadInput("csv", f"has {len(rows)} posts.", f"at most {MOST_ROWS}: send it in parts")
    return rows


def post_keys(platform: Platform, post: str) -> list[str]:
    """What a post may be known by here: its id on the platform, and its address without frills."""
    keys = [address(post)]
    if platform is Platform.X and (found := X_ID.search(post)):
        keys.append(found[1])
    if platform is Platform.LINKEDIN and (found := LINKEDIN_ID.search(post.replace("%3A", ":"))):
        kind = found[0]
        keys.append(kind if ":" in kind else f"urn:li:{kind.replace('-', ':')}")
    return keys


def address(url: str) -> str:
    """A URL without its scheme, `www.`, query and last slash; on X without who wrote it."""
    plain = re.sub(r"^https?://(?:www\.|mobile\.)?", "", url.strip()).split("?")[0].split("#")[0]
    return plain.rstrip("/").replace("%3A", ":").replace("twitter.com/", "x.com/")
