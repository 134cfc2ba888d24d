"""A report as a page to be read and printed: self-contained, without a script.

All text of people is escaped, and the page forbids itself everything but its own style.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from string import Template
from zoneinfo import ZoneInfo

from services.analytics import Overview
from services.breakdown import Dimension
from services.periods import DAYS
from services.report_figures import ReportFigures
from services.report_numbers import days
from services.report_sections import (
    by_time,
    cards,
    formats,
    over_time,
    parts,
    pieces,
    platforms,
    text,
)
from services.report_style import STYLE

STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"

PAGE = Template(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main>
$body
</main>
</body>
</html>
"""
)


def report_html(figures: ReportFigures, made_at: datetime) -> bytes:
    """The page."""
    found, overview = figures.parts, figures.overview
    sections = [
        header(figures),
        cards(overview),
        *over_time(overview),
        platforms(overview),
        parts("By pillar", "Pillar", found[Dimension.PILLAR]),
        parts("By format", "Format", formats(found[Dimension.FORMAT])),
        parts("By tag", "Tag", found[Dimension.TAG]),
        by_time(found[Dimension.WEEKDAY], found[Dimension.HOUR]),
        pieces("What did best", figures.best),
        pieces("What did least", figures.worst),
        footer(overview, made_at),
    ]
    return PAGE.substitute(
        policy=POLICY,
        title=text(f"{figures.workspace}: how content did, {stretch(overview)}"),
        style=STYLE,
        body="\n".join(each for each in sections if each),
    ).encode()


def header(figures: ReportFigures) -> str:
    """What it is of, and what that is compared with."""
    overview = figures.overview
    before = stretch(overview, timedelta(days=DAYS[overview.period]))
    return (
        f'<header><p class="over">{text(figures.workspace)}</p><h1>How content did</h1>'
        f"<p>{stretch(overview)}, compared with {before}</p></header>"
    )


def stretch(overview: Overview, earlier: timedelta = timedelta()) -> str:
    """The days of the period, or of one that was so much earlier."""
    zone = ZoneInfo(overview.zone)
    last = (overview.ends_at - timedelta(microseconds=1)).astimezone(zone)
    first = overview.starts_at.astimezone(zone)
    return days(first.date() - earlier, last.date() - earlier)


def footer(overview: Overview, made_at: datetime) -> str:
    """How to read it."""
    local = made_at.astimezone(ZoneInfo(overview.zone))
    return (
        "<footer><p>Figures are what was gained in the period, by all pieces, old and new. The "
        "rate is engagement by impressions; platforms count both in ways of their own."
        f"</p><p>Days are those of {text(overview.zone)}. The period before is as long, and ends "
        f"at the same hour of its last day. Made on {days(local.date(), local.date())} at "
        f"{local:%H:%M}.</p></footer>"
    )
