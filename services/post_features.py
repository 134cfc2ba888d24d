"""What can be told of a post before anybody saw it: what patterns are looked for in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from datasources.posts import Posted

SHORT, LONG = 60, 160
WINDOW = 3
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LINK = re.compile(r"https?://")
NUMBER = re.compile(r"^\W*\d")


class Trait(StrEnum):
    """A kind of feature."""

    TOPIC = "TOPIC"
    LENGTH = "LENGTH"
    FORMAT = "FORMAT"
    HOOK = "HOOK"
    LINK = "LINK"
    HOUR = "HOUR"
    WEEKDAY = "WEEKDAY"
    AGE = "AGE"


@dataclass(frozen=True, slots=True, order=True)
class Feature:
    """One thing that a post has or has not. `value` is a tag, `short`, `09-12`, `Tuesday`…"""

    trait: Trait
    value: str


def features(post: Posted, zone: ZoneInfo) -> frozenset[Feature]:
    """All that a post has."""
    return frozenset([*of_text(post), *of_time(post.published_at, zone)])


def of_text(post: Posted) -> Iterable[Feature]:
    """Topics, form and opening."""
    for tag in post.tags:
        yield Feature(Trait.TOPIC, tag)
    yield Feature(Trait.FORMAT, post.type.value)
    yield Feature(Trait.LENGTH, length(post.words))
    yield Feature(Trait.HOOK, hook(post.opening))
    if post.links or LINK.search(post.opening):
        yield Feature(Trait.LINK, "link")


def of_time(at: datetime, zone: ZoneInfo) -> Iterable[Feature]:
    """When it went out, by the clock on the wall."""
    local = at.astimezone(zone)
    yield Feature(Trait.HOUR, window(local.hour))
    yield Feature(Trait.WEEKDAY, WEEKDAYS[local.weekday()])


def window(hour: int) -> str:
    """The three hours that an hour is in, as `09-12`."""
    start = hour // WINDOW * WINDOW
    return f"{start:02d}-{start + WINDOW:02d}"


def length(words: int) -> str:
    """Short below 60 words, long above 160."""
    if words < SHORT:
        return "short"
    return "long" if words > LONG else "medium"


def hook(opening: str) -> str:
    """How the first line begins: with a question, a number, a quote, or with a statement."""
    line = opening.strip().partition("\n")[0].strip()
    first = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
    if first.endswith("?"):
        return "question"
    if NUMBER.match(first):
        return "number"
    return "quote" if first[:1] in "\"'\u201c\u2018\u00ab" else "statement"
