"""Periods: spans of whole local days that end now, and the clock of the place they are shown in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class AnalyticsPeriod(StrEnum):
    """The span that figures are for: so many local days, of which today is the last."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


class Interval(StrEnum):
    """What a series is in steps of. Weeks begin on Monday."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


DAYS = {
    AnalyticsPeriod.DAY: 1,
    AnalyticsPeriod.WEEK: 7,
    AnalyticsPeriod.MONTH: 30,
    AnalyticsPeriod.QUARTER: 90,
    AnalyticsPeriod.YEAR: 365,
}

LONGEST = {Interval.DAY: DAY, Interval.WEEK: 7 * DAY, Interval.MONTH: 31 * DAY}
"""From a step's first day so far on is within the next one."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts` until before `ends`, both in UTC, at whole hours of the zone's clock."""

    starts: datetime
    ends: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Offset:
    """How far local clocks are ahead of UTC from a moment on."""

    since: datetime
    ahead: timedelta


def span(period: AnalyticsPeriod, zone: ZoneInfo, now: datetime) -> Span:
    """The period: from a local midnight to the end of the present local hour."""
    local = now.astimezone(zone)
    ends = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC) + HOUR
    first = local.date() - timedelta(days=DAYS[period] - 1)
    return Span(midnight(first, zone), ends, zone)


def previous(period: AnalyticsPeriod, of: Span) -> Span:
    """As many whole days, right ahead of it, but for the last: that one up to the same hour.

    It has an hour at least, and none of the period itself, where clocks change at midnight.
    """
    back = timedelta(days=DAYS[period])
    starts = midnight(of.starts.astimezone(of.zone).date() - back, of.zone)
    ends = max(shifted(of.ends, of.zone, back), starts + HOUR)
    return Span(starts, min(ends, of.starts), of.zone)


def shifted(at: datetime, zone: ZoneInfo, back: timedelta) -> datetime:
    """That many days earlier by the clock on the wall."""
    wall = at.astimezone(zone).replace(tzinfo=None) - back
    return wall.replace(tzinfo=zone).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When that day begins there, in UTC; where clocks jump over midnight, when they jump."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def first_of(day: date, interval: Interval) -> date:
    """The first day of the step that a day is in."""
    if interval is Interval.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval is Interval.MONTH else day


def steps(of: Span, interval: Interval) -> list[date]:
    """The first day of each step of a series, the first and the last of which may be cut short."""
    day = of.starts.astimezone(of.zone).date()
    last = (of.ends - timedelta(microseconds=1)).astimezone(of.zone).date()
    found = [first_of(day, interval)]
    while (following := first_of(found[-1] + LONGEST[interval], interval)) <= last:
        found.append(following)
    return found


def begins(of: Span, interval: Interval | None) -> list[tuple[date, datetime]]:
    """The local days of a span that a step begins with, and the last one: when each begins.

    `of` begins with a day. Without an interval there is one step.
    """
    first = of.starts.astimezone(of.zone).date()
    last = (of.ends - timedelta(microseconds=1)).astimezone(of.zone).date()
    among = steps(of, interval)[1:] if interval else []
    return [(day, midnight(day, of.zone)) for day in sorted({first, *among, last})]


def offsets(of: Span) -> Sequence[Offset]:
    """The offsets that hold in a span, each from when on, the first from its start."""
    found = [Offset(of.starts, ahead(of.starts, of.zone))]
    at = of.starts
    while at < of.ends:
        following = min(at + DAY, of.ends)
        if ahead(following, of.zone) != found[-1].ahead:
            at = change(at, following, of.zone)
            found.append(Offset(at, ahead(at, of.zone)))
        else:
            at = following
    return found


def change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """When clocks changed between two moments, to the second."""
    before = ahead(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle <= low:
            break
        low, high = (middle, high) if ahead(middle, zone) == before else (low, middle)
    return high


def ahead(at: datetime, zone: ZoneInfo) -> timedelta:
    """How far local clocks are ahead of UTC."""
    return at.astimezone(zone).utcoffset() or timedelta()
