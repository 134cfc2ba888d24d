"""What the demo account has written: texts with a date, an author and a fate each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from datasources.content import ContentType, Platform

PAGES = Path(__file__).parent / "pages"
HEAD = re.compile(
    r"== (?P<type>\w+) (?P<days>\d+) (?P<fate>\w+) (?P<author>\w+)( (?P<platform>[A-Z]+))?"
    r" \| (?P<tags>.*)"
)


class Fate(StrEnum):
    """What became of a piece."""

    DRAFT = "draft"
    PUBLISHED = "published"
    FAILED = "failed"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text and its life. `bodies` are its versions, the last one as it stands now."""

    type: ContentType
    days_ago: int
    fate: Fate
    author: str
    platform: Platform
    tags: Sequence[str]
    title: str | None
    bodies: Sequence[str]
    pillar: str | None = None


def pieces(name: str) -> list[Piece]:
    """The texts of `pages/demo-NAME.txt`, the oldest first."""
    text = (PAGES / f"demo-{name}.txt").read_text("utf-8")
    found = [piece(block) for block in re.split(r"^(?=== )", text, flags=re.MULTILINE) if block]
    return sorted(found, key=lambda each: -each.days_ago)


def piece(block: str) -> Piece:
    """One text: a line of facts, a title unless it is a post, and its versions parted by `~`."""
    head, _, rest = block.partition("\n")
    facts = HEAD.fullmatch(head)
    if facts is None:
        raise ValueError(f"the demo has a line that tells no facts: {head}")
    type = ContentType(facts["type"])
    title, _, body = ("", "", rest) if type is ContentType.POST else rest.partition("\n")
    versions = [version.strip() for version in re.split(r"^~$", body, flags=re.MULTILINE)]
    return Piece(
        type=type,
        days_ago=int(facts["days"]),
        fate=Fate(facts["fate"]),
        author=facts["author"],
        platform=Platform(facts["platform"] or Platform.FEED),
        tags=facts["tags"].split(", "),
        title=title or None,
        bodies=[version for version in versions if version],
    )
