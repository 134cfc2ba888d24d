"""Numbers and days as a report writes them."""

from __future__ import annotations

from datetime import date

from services.engagement import growth

UNITS = ((1e9, "b"), (1e6, "m"), (1e3, "k"))
MINUS = "\N{MINUS SIGN}"


def whole(number: int) -> str:
    """12,345."""
    return f"{number:,}".replace("-", MINUS)


def short(number: float) -> str:
    """12k, 2.5m: for an axis."""
    for size, unit in UNITS:
        if abs(number) >= size:
            return f"{number / size:g}{unit}".replace("-", MINUS)
    return f"{number:g}".replace("-", MINUS)


def percent(part: float) -> str:
    """A rate: 3.2%."""
    return f"{part:.1%}".replace("-", MINUS)


def change(now: float, before: float) -> str:
    """By what part it rose: +20%; a dash where there is nothing to compare with."""
    rose = growth(now, before)
    return "–" if rose is None else f"{rose:+.0%}".replace("-", MINUS)


def day(of: date) -> str:
    """21 November 2026."""
    return f"{of.day} {of:%B} {of.year}"


def days(first: date, last: date) -> str:
    """23 October to 21 November 2026; one day by itself."""
    if first == last:
        return day(first)
    start = f"{first.day} {first:%B}" if first.year == last.year else day(first)
    return f"{start} to {day(last)}"
