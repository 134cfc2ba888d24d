"""The sections of a report's page. All text of people is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from html import escape

from services.analytics import Overview, Point
from services.breakdown import UNKNOWN, WEEKDAYS, Slice
from services.engagement import Totals
from services.feed_text import clean
from services.periods import Interval
from services.report_charts import Bar, chart
from services.report_figures import Piece
from services.report_numbers import change, day, percent, whole

SHOWN = 12
NAMES = {"LINKEDIN": "LinkedIn", "X": "X", "MEDIUM": "Medium", "FEED": "Feed"}
HOURS = [f"{hour:02d}" for hour in range(24)]
NONE = "(none)"
CARDS = ("Impressions", "Engagement", "Engagement rate")
FIGURES = ("Impressions", "Engagement", "Rate")

Cells = Sequence[str]


def text(value: str) -> str:
    """Text as it stands in HTML."""
    return escape(clean(value))


def named(key: str) -> str:
    """A value of ours in words: VIDEO_SCRIPT is Video script."""
    return key.replace("_", " ").capitalize()


def formats(slices: Sequence[Slice]) -> list[Slice]:
    """Formats by their names."""
    return [replace(each, key=named(each.key)) for each in slices]


def section(title: str, body: str) -> str:
    """A heading, and what is below it."""
    return f"<section><h2>{title}</h2>{body}</section>"


def table(head: Cells, rows: Sequence[Cells], kind: str = "parts") -> str:
    """A table; the cells are HTML. In one of `pieces` the first column is wide."""
    named = "".join(f'<th scope="col">{each}</th>' for each in head)
    lines = "".join(f"<tr>{''.join(f'<td>{each}</td>' for each in row)}</tr>" for row in rows)
    return f'<table class="{kind}"><thead><tr>{named}</tr></thead><tbody>{lines}</tbody></table>'


def cells(totals: Totals) -> list[str]:
    """The three figures of a stretch."""
    rate = percent(totals.engagement_rate)
    return [whole(totals.impressions), whole(totals.engagement), rate]


def cards(overview: Overview) -> str:
    """The whole in three figures, each with what it was."""
    now, before = overview.totals, overview.previous
    shown = [
        card(name, new, old, change(rose, fell), rose - fell)
        for name, new, old, (rose, fell) in zip(
            CARDS, cells(now), cells(before), both(now, before), strict=True
        )
    ]
    return f'<section class="cards">{"".join(shown)}</section>'


def both(now: Totals, before: Totals) -> list[tuple[float, float]]:
    """Each figure, and what it was."""
    return [
        (now.impressions, before.impressions),
        (now.engagement, before.engagement),
        (now.engagement_rate, before.engagement_rate),
    ]


def card(name: str, now: str, before: str, rose: str, by: float) -> str:
    """One figure, how it changed and what it was."""
    kind = "up" if by > 0 else "down"
    told = "nothing to compare with" if rose == "–" else f"{rose} from {before}"
    mark = "" if rose == "–" else f' class="{kind}"'
    return (
        f'<div class="card"><span>{name}</span><b>{now}</b><span><i{mark}>{told}</i></span></div>'
    )


def over_time(overview: Overview) -> Iterator[str]:
    """A chart of each sum, where there is more than one step."""
    if len(overview.series) < 2:
        return
    step = overview.interval.value.lower()
    for name, kind in (("Impressions", "one"), ("Engagement", "two")):
        field = name.lower()
        bars = [bar(point, overview.interval, field) for point in overview.series]
        yield section(f"{name} by {step}", chart(bars, f"{name} by {step}", kind))


def bar(point: Point, interval: Interval, field: str) -> Bar:
    """A step of the series."""
    value: int = getattr(point.totals, field)
    return Bar(label(point.day, interval), f"{day(point.day)}: {whole(value)}", value)


def label(of: date, interval: Interval) -> str:
    """A step, in short; a month without its year but where that begins."""
    if interval is Interval.MONTH:
        return f"{of:%b} {of.year}" if of.month == 1 else f"{of:%b}"
    return f"{of.day} {of:%b}"


def platforms(overview: Overview) -> str:
    """What each platform brought, beside the period before."""
    head = ["Platform", "Impressions", "change", "Engagement", "change", "Rate"]
    rows = []
    for each in overview.platforms:
        now, before = each.totals, each.previous
        shown = cells(now)
        seen = change(now.impressions, before.impressions)
        engaged = change(now.engagement, before.engagement)
        name = NAMES[each.platform.value]
        rows.append([name, shown[0], seen, shown[1], engaged, shown[2]])
    note = '<p class="note">There are no figures for this period.</p>'
    return section("By platform", table(head, rows) if rows else note)


def parts(title: str, column: str, slices: Sequence[Slice]) -> str:
    """What pieces with something in common brought; nothing where none of them has any."""
    if all(each.key == UNKNOWN for each in slices):
        return ""
    rows = [
        [NONE if each.key == UNKNOWN else text(each.key), whole(each.pieces), *cells(each.totals)]
        for each in slices
    ]
    left = len(rows) - SHOWN
    more = f'<p class="note">and {left} more in the CSV report</p>' if left > 0 else ""
    return section(title, table([column, "Pieces", *FIGURES], rows[:SHOWN]) + more)


def by_time(weekdays: Sequence[Slice], hours: Sequence[Slice]) -> str:
    """Engagement by when pieces were published, where that is known."""
    drawn = [
        section(f"Engagement by {name} of publication", chart(bars, f"Engagement by {name}", "two"))
        for name, bars in (
            ("weekday", in_order(weekdays, WEEKDAYS)),
            ("hour", in_order(hours, HOURS)),
        )
        if any(each.value for each in bars)
    ]
    return "".join(drawn)


def in_order(slices: Sequence[Slice], keys: Sequence[str]) -> list[Bar]:
    """A bar for each of these keys."""
    found = {each.key: each for each in slices}
    bars = []
    for key in keys:
        slice = found.get(key)
        value, pieces = (slice.totals.engagement, slice.pieces) if slice else (0, 0)
        told = f"{named(key)}: {whole(value)} ({whole(pieces)} pieces)"
        bars.append(Bar(named(key)[:3], told, value))
    return bars


def pieces(title: str, found: Sequence[Piece]) -> str:
    """Pieces and what they gained."""
    rows = [[text(each.headline), *cells(each.totals)] for each in found]
    return section(title, table(["Piece", *FIGURES], rows, "pieces")) if rows else ""
