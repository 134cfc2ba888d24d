"""Analytics are exact to the raw snapshots: in any zone, on any day, for any period."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from datasources.content import ContentType, Platform
from datasources.figures import PieceGain
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.snapshots import Metric, Snapshot
from services.analytics import Overview, Question
from services.breakdown import worst
from services.engagement import Totals, totals
from services.metrics import EARLIEST
from services.periods import (
    DAYS,
    AnalyticsPeriod,
    Interval,
    Span,
    first_of,
    midnight,
    offsets,
    previous,
    span,
)
from tests.services.figures import HOME, World, batches, gains, piece, taken, utc

ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
    "America/Sao_Paulo",
    "America/Havana",
]
NOWS = [utc(2026, 3, 30, 9, 41), utc(2026, 10, 26, 0, 5), utc(2026, 11, 2, 23, 59)]


@pytest.fixture
async def world(mongo: Mongo, redis: Redis) -> World:
    """A workspace that one person sees."""
    world = World(mongo, redis)
    await world.settle()
    return world


def scattered(seed: int, now: datetime) -> list[Snapshot]:
    """A year of figures of a dozen pieces, that rise and now and then fall."""
    chance = random.Random(seed)
    found = []
    for number in range(12):
        platform = chance.choice(list(Platform))
        for metric in chance.sample(list(Metric), 4):
            value = 0
            for _ in range(chance.randint(3, 25)):
                back = timedelta(seconds=chance.randint(0, 86_400 * chance.choice([2, 40, 500])))
                value = max(0, value + chance.randint(-5, 60))
                found.append(taken(f"cnt_{number}", platform, metric, value, now - back))
    chance.shuffle(found)
    return found


def naive(snapshots: Iterable[Snapshot], of: Span, interval: Interval) -> dict[date, Totals]:
    """Each step's totals, computed from the raw snapshots one by one."""
    sums: dict[tuple[date, Platform], dict[Metric, int]] = defaultdict(dict)
    for each, amount in gains(snapshots):
        if of.starts <= each.captured_at < of.ends:
            day = first_of(each.captured_at.astimezone(of.zone).date(), interval)
            known = sums[day, each.platform]
            known[each.metric] = known.get(each.metric, 0) + amount
    found: dict[date, Totals] = defaultdict(Totals)
    for (day, platform), metrics in sums.items():
        found[day] = found[day].plus(totals(platform, metrics))
    return found


def check(found: Overview, snapshots: list[Snapshot], asked: Question, now: datetime) -> None:
    """All of it, against the naive computation."""
    within = span(asked.period, ZoneInfo(found.zone), now)
    expected = naive(snapshots, within, found.interval)
    shown = {each.day: each.totals for each in found.series}
    assert {day: sums for day, sums in shown.items() if sums != Totals()} == {
        day: sums for day, sums in expected.items() if sums != Totals()
    }
    before = naive(snapshots, previous(asked.period, within), Interval.DAY)
    assert found.totals == everything(expected.values())
    assert found.previous == everything(before.values())
    assert everything(each.totals for each in found.platforms) == found.totals


def everything(parts: Iterable[Totals]) -> Totals:
    """The sum."""
    sums = Totals()
    for each in parts:
        sums = sums.plus(each)
    return sums


@pytest.mark.parametrize("now", NOWS, ids=str)
async def test_every_period_in_every_zone_is_what_the_raw_snapshots_say(
    world: World, now: datetime
) -> None:
    """Fifteen zones, five periods, three steps, on days when clocks change."""
    for batch in batches(scattered(now.day, now), 150):
        await world.ledger.write(HOME, batch)
    stored = await world.raw()
    analytics = world.analytics(lambda: now)
    for zone in ZONES:
        for period in AnalyticsPeriod:
            interval = random.Random(zone + period).choice(list(Interval))
            asked = Question(period, zone, interval)
            check(await analytics.overview(world.viewer, HOME, asked), stored, asked, now)


async def test_what_each_piece_gained_is_what_the_raw_snapshots_say(world: World) -> None:
    """In five zones, for every period; a piece that gained nothing is not told."""
    now = NOWS[1]
    await world.stores.contents.insert_many(piece(f"cnt_{each}", now) for each in range(12))
    for batch in batches(scattered(5, now), 150):
        await world.ledger.write(HOME, batch)
    stored = gains(await world.raw())
    analytics = world.analytics(lambda: now)
    for zone in ZONES[::3]:
        for period in AnalyticsPeriod:
            of, found = await analytics.pieces(world.viewer, HOME, Question(period, zone))
            sums: dict[tuple[str, Platform], dict[Metric, int]] = defaultdict(dict)
            for each, amount in stored:
                if of.starts <= each.captured_at < of.ends:
                    known = sums[each.content_id, each.platform]
                    known[each.metric] = known.get(each.metric, 0) + amount
            expected = {at: {m: n for m, n in each.items() if n} for at, each in sums.items()}
            assert {(each.content_id, each.platform): each.sums for each in found} == {
                at: each for at, each in expected.items() if each
            }


def test_the_worst_are_those_of_the_period_and_not_old_ones_that_have_done_their_part() -> None:
    since = utc(2026, 5, 1)
    old, poor, good = (
        gain(id, published_at, reads)
        for id, published_at, reads in (
            ("old", utc(2026, 1, 1), 1),
            ("poor", utc(2026, 5, 2), 5),
            ("good", utc(2026, 5, 3), 9),
        )
    )
    assert [each.content_id for each in worst([old, good, poor], since)] == ["poor", "good"]
    assert [each.content_id for each in worst([old], since)] == ["old"]


def gain(id: str, published_at: datetime, reads: int) -> PieceGain:
    """What a piece on the feed gained."""
    sums, what = {Metric.READS: reads}, ContentType.POST
    return PieceGain(id, Platform.FEED, sums, what, None, [], None, published_at)


async def test_a_day_of_twenty_five_hours_has_all_of_them(world: World) -> None:
    """In Berlin the 25th of October 2026 is that long: from 22:00 UTC on the 24th."""
    first = utc(2026, 10, 24, 22)
    rows = [
        taken("cnt_a", Platform.FEED, Metric.READS, each + 1, first + timedelta(hours=each))
        for each in range(-1, 26)
    ]
    await world.ledger.write(HOME, rows)
    now = utc(2026, 10, 26, 12)
    asked = Question(AnalyticsPeriod.WEEK, "Europe/Berlin")
    found = await world.analytics(lambda: now).overview(world.viewer, HOME, asked)
    shown = {each.day: each.totals.engagement for each in found.series}
    assert shown[date(2026, 10, 25)] == 25
    assert shown[date(2026, 10, 26)] == 1


@pytest.mark.parametrize(
    ("zone", "now", "period", "starts", "hours"),
    [
        # The present week began on the 8th of March, whose first hour there was none of.
        ("America/Havana", utc(2026, 3, 14, 16), AnalyticsPeriod.WEEK, utc(2026, 3, 1, 5), 157),
        # The present day ends as the next one's first hour is jumped over.
        ("America/Havana", utc(2026, 3, 8, 4), AnalyticsPeriod.DAY, utc(2026, 3, 6, 5), 24),
        # The day before had no first hour.
        ("Africa/Cairo", utc(2026, 4, 24, 21), AnalyticsPeriod.DAY, utc(2026, 4, 23, 22), 1),
        # The present day has its first hour twice, and this is the first time.
        ("America/Havana", utc(2026, 11, 1, 4), AnalyticsPeriod.DAY, utc(2026, 10, 31, 4), 1),
    ],
)
async def test_the_period_before_has_whole_days_where_clocks_change_at_midnight(
    world: World, zone: str, now: datetime, period: AnalyticsPeriod, starts: datetime, hours: int
) -> None:
    """However they are put together: from days, or from hours alone."""
    first = starts - timedelta(hours=30)
    rows = [
        taken("cnt_a", Platform.FEED, Metric.READS, each + 1, first + timedelta(hours=each))
        for each in range(14 * 24)
    ]
    await world.ledger.write(HOME, rows)
    analytics, found = world.analytics(lambda: now + timedelta(minutes=10)), []
    for days in (True, False):
        await world.books.editions.update({"_id": HOME}, {"$set": {"days": int(days)}})
        await analytics.cache.forget([HOME])
        told = await analytics.overview(world.viewer, HOME, Question(period, zone))
        found.append(told.previous.engagement)
    assert found == [hours, hours]


def test_the_period_before_is_as_many_days_and_never_empty() -> None:
    """At each hour of a year, where clocks change at midnight."""
    period = AnalyticsPeriod.DAY
    for place in map(ZoneInfo, ("America/Havana", "Africa/Cairo")):
        for hour in range(365 * 24):
            now = span(period, place, utc(2026, 1, 1) + timedelta(hours=hour))
            before = previous(period, now)
            days = [of.starts.astimezone(place).date() for of in (now, before)]
            assert days[0] - days[1] == timedelta(days=DAYS[period])
            assert before.starts == midnight(days[1], place)
            assert before.starts < before.ends <= now.starts


async def test_what_is_kept_is_forgotten_as_soon_as_a_figure_comes(world: World) -> None:
    now = utc(2026, 5, 1, 12)
    analytics = world.analytics(lambda: now)
    asked = Question(AnalyticsPeriod.WEEK)
    assert (await analytics.overview(world.viewer, HOME, asked)).totals.engagement == 0
    await world.ledger.write(HOME, [taken("cnt_a", Platform.FEED, Metric.READS, 4, now)])
    assert (await analytics.overview(world.viewer, HOME, asked)).totals.engagement == 4
    await world.gains.hours.delete_many({})
    await world.gains.days.delete_many({})
    assert (await analytics.overview(world.viewer, HOME, asked)).totals.engagement == 4


def test_clocks_change_at_quarters_of_an_hour_wherever_figures_may_be_from() -> None:
    """Or a quarter could not be counted to one day. Of all zones every sixth, for ten years."""
    for name in {*sorted(available_timezones())[::6], *ZONES}:
        zone = ZoneInfo(name)
        for each in offsets(Span(utc(2021, 1, 1), utc(2031, 1, 1), zone)):
            assert not each.ahead % timedelta(minutes=15), name
            assert not (each.since - EARLIEST) % timedelta(minutes=15), (name, each)
