"""What the demo's pieces came to: figures of months, with something in them to be found.

The bar writes a line nearly every day. What it says of brewing does well, a question does, and so
does what goes out before nine; insights are to find that again.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from datasources.content import Content, ContentType, Platform
from datasources.snapshots import Metric
from server.demo_story import Fate, Piece
from services.metrics import Figure
from services.post_features import hook

ZONE = ZoneInfo("Europe/Stockholm")
DAYS = 150
MORNING, NOON, EVENING = 7, 12, 17
AGES = tuple(timedelta(hours=hours) for hours in (5, 24, 72, 168, 720, 2160))
SHARES = {
    Platform.LINKEDIN: {
        Metric.REACTIONS: 0.6,
        Metric.COMMENTS: 0.1,
        Metric.SHARES: 0.05,
        Metric.CLICKS: 0.25,
    },
    Platform.X: {Metric.REACTIONS: 0.7, Metric.SHARES: 0.2, Metric.SAVES: 0.1},
    Platform.FEED: {Metric.READS: 1.0},
}
"""What engagement is made of on each platform."""

RATES = {Platform.LINKEDIN: 0.016, Platform.X: 0.011, Platform.FEED: 0.06}
BEANS = (
    *("Kiambu", "Gedeb", "Nariño", "Acatenango", "Kayanza", "Boquete", "Marcala", "Huila"),
    *("Sidamo", "Antigua", "Cerrado", "Nyeri", "Tarrazu", "Yirga", "Mogiana", "Chiapas"),
)
KINDS: Sequence[tuple[str, str]] = (
    ("brewing", "The {bean} wants a coarser grind this week, and water just off the boil."),
    ("brewing", "Have you tried the {bean} as iced filter? Half ice, half water, no patience."),
    ("shop", "On the bar today: {bean}. Eleven stools, first come, first served."),
    ("shop", "Which of you keeps asking for the {bean}? It is back, until it is gone."),
    ("sourcing", "A new bag of {bean} came in, with a letter from the people who picked it."),
)

THEMES = {
    "brewing": "Brewing coffee at home",
    "sourcing": "Where our beans come from",
    "shop": "Life behind the bar",
}
"""The pillars that lines with these tags are of."""


def notes(now: datetime) -> Iterator[tuple[Piece, float]]:
    """The bar's lines, the oldest first, and how many days ago each of them went out."""
    chance = random.Random(11)  # noqa: S311 - a story, no secret
    today = now.astimezone(ZONE).date()
    for number, day in enumerate(range(DAYS, 3, -2)):
        tag, text = KINDS[number % len(KINDS)]
        hour = chance.choice([MORNING, NOON, EVENING])
        at = datetime.combine(today - timedelta(days=day), time(hour, chance.randint(5, 50)), ZONE)
        bean = BEANS[number // len(KINDS) % len(BEANS)]
        ago = (now - at).total_seconds() / 86_400
        yield piece(tag, text.format(bean=bean), int(ago)), ago % 1


def piece(tag: str, body: str, days_ago: int) -> Piece:
    """One line, as the story tells pieces."""
    return Piece(
        type=ContentType.POST,
        days_ago=days_ago,
        fate=Fate.PUBLISHED,
        author="tomas",
        platform=Platform.FEED,
        tags=[tag],
        title=None,
        bodies=[body],
        pillar=THEMES.get(tag),
    )


def figures(content: Content, now: datetime, chance: random.Random) -> list[Figure]:
    """How a piece did on three platforms, as their counters stood from time to time."""
    found: list[Figure] = []
    if content.published_at is None:
        return found
    for platform, rate in RATES.items():
        seen = chance.lognormvariate(6.4, 0.5)
        engaged = seen * rate * appeal(content, platform) * chance.lognormvariate(0, 0.3)
        for at in moments(content.published_at, now):
            part = grown(at - content.published_at)
            counts = {Metric.IMPRESSIONS: seen}
            counts |= {metric: engaged * share for metric, share in SHARES[platform].items()}
            found += [
                Figure(content.id, platform, metric, round(count * part), at)
                for metric, count in counts.items()
            ]
    return found


def moments(published_at: datetime, now: datetime) -> list[datetime]:
    """When the counters were read: often at first, and last of all today."""
    times = [published_at + age for age in AGES if published_at + age < now]
    return [*times, now]


def grown(age: timedelta) -> float:
    """The part of what a piece will come to that it has at that age; most of it in four days."""
    return 1 - math.exp(-age / timedelta(days=1.7))


def appeal(content: Content, platform: Platform) -> float:
    """What is to be found: by topic, opening and hour."""
    factor = 1.0
    if "brewing" in content.tags:
        factor *= 2.1
    if hook(content.body) == "question":
        factor *= 1.8
    hour = content.published_at.astimezone(ZONE).hour if content.published_at else NOON
    if hour < 9 and platform is Platform.LINKEDIN:
        factor *= 2.2
    return factor
