"""A report as one table: a line for the whole, for each part, each step and each piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from datasources.snapshots import Metric
from services.engagement import Totals, growth
from services.report_figures import ReportFigures

FIGURES = ("impressions", "engagement", "engagement_rate")
COLUMNS = (
    "part",
    "key",
    "name",
    "starts_at",
    "pieces",
    *FIGURES,
    *(f"previous_{each}" for each in FIGURES),
    *(f"{each}_growth" for each in FIGURES),
    *(metric.value.lower() for metric in Metric if metric is not Metric.IMPRESSIONS),
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r")

Row = Mapping[str, object]


def report_csv(figures: ReportFigures) -> bytes:
    """The file: UTF-8 with its mark, which Excel needs, commas, and lines that end as RFC 4180 has.

    Text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for row in rows(figures):
        writer.writerow({name: cell(value) for name, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def rows(figures: ReportFigures) -> Iterator[Row]:
    """The whole; platforms with what each counter gained; steps; parts; pieces, best and worst."""
    overview = figures.overview
    yield {
        "part": "TOTAL",
        "key": overview.period.value,
        "name": figures.workspace,
        "starts_at": overview.starts_at.isoformat(),
        **compared(overview.totals, overview.previous),
    }
    for each in overview.platforms:
        counters = {metric.value.lower(): gained for metric, gained in each.metrics.items()}
        counters.pop("impressions", None)
        both = compared(each.totals, each.previous)
        yield {"part": "PLATFORM", "key": each.platform.value, **both, **counters}
    for point in overview.series:
        at = point.starts_at.isoformat()
        step = overview.interval.value
        yield {"part": step, "key": point.day.isoformat(), "starts_at": at, **shown(point.totals)}
    for dimension, slices in figures.parts.items():
        for slice in slices:
            part = f"BY_{dimension.value}"
            yield {"part": part, "key": slice.key, "pieces": slice.pieces, **shown(slice.totals)}
    for part, pieces in (("BEST", figures.best), ("WORST", figures.worst)):
        for piece in pieces:
            yield {"part": part, "key": piece.id, "name": piece.headline, **shown(piece.totals)}


def shown(totals: Totals) -> Row:
    """The figures of one stretch."""
    return {
        "impressions": totals.impressions,
        "engagement": totals.engagement,
        "engagement_rate": totals.engagement_rate,
    }


def compared(now: Totals, before: Totals) -> Row:
    """The figures, those of the period before, and by what part they rose."""
    new, old = shown(now), shown(before)
    found: dict[str, object] = dict(new)
    found |= {f"previous_{name}": value for name, value in old.items()}
    for name in FIGURES:
        found[f"{name}_growth"] = growth(getattr(now, name), getattr(before, name))
    return found


def cell(value: object) -> object:
    """A value as it is written: nothing for what there is not, no formulas."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value
