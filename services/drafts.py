"""What a person may write: the rules that text, tags and platforms of a piece have to meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from datasources.content import ContentType, Platform
from services.failures import BadInput
from services.validation import optional_text, text

TITLE = 300
BODY = 100_000
TAGS = 30
TAG = 50
PILLAR = 120


@dataclass(frozen=True, slots=True)
class Draft:
    """A new piece, checked. Build it with `Draft.checked`."""

    type: ContentType
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    pillar: str | None = None

    @classmethod
    def checked(
        cls,
        type: ContentType,
        title: str | None,
        body: str,
        platforms: Sequence[Platform],
        tags: Sequence[str],
        pillar: str | None = None,
    ) -> Draft:
        """The draft with its text trimmed; BadInput names the field that cannot be taken."""
        return cls(
            type,
            title_of(title),
            body_of(body),
            platforms_of(platforms),
            tags_of(tags),
            pillar_of(pillar),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A change to a piece: what is UNSET stays as it is."""

    type: ContentType | UnsetType = UNSET
    title: str | UnsetType | None = UNSET
    body: str | UnsetType = UNSET
    platforms: Sequence[Platform] | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    pillar: str | UnsetType | None = UNSET

    def fields(self) -> dict[str, object]:
        """What changes, checked, by the record's field names."""
        checked: dict[str, object] = {}
        if self.type is not UNSET:
            checked["type"] = self.type
        if self.title is not UNSET:
            checked["title"] = title_of(self.title)
        if self.body is not UNSET:
            checked["body"] = body_of(self.body)
        if self.platforms is not UNSET:
            checked["platforms"] = platforms_of(self.platforms)
        if self.tags is not UNSET:
            checked["tags"] = tags_of(self.tags)
        if self.pillar is not UNSET:
            checked["pillar"] = pillar_of(self.pillar)
        if not checked:
            wanted = "title, body, type, platforms, tags or pillar"
            raise BadInput("input", "changes nothing.", wanted)
        return checked


def title_of(title: str | None) -> str | None:
    """A title of one line, None where it is empty."""
    return None if title is None else text("title", title, most=TITLE) or None


def body_of(body: str) -> str:
    """A body with its lines; never empty."""
    return text("body", body, least=1, most=BODY, lines=True)


def platforms_of(platforms: Sequence[Platform]) -> list[Platform]:
    """Each platform once."""
    return list(dict.fromkeys(platforms))


def tags_of(tags: Sequence[str]) -> list[str]:
    """Tags trimmed, without their hash, lower case, each once."""
    if len(tags) > TAGS:
        raise BadInput("tags", f"has {len(tags)} entries.", f"at most {TAGS}")
    cleaned = [plain_tag(text("tags", tag, most=TAG)) for tag in tags]
    if not all(cleaned):
        raise BadInput("tags", "has an empty entry.", f"1 to {TAG} characters each")
    return list(dict.fromkeys(cleaned))


def pillar_of(pillar: str | None) -> str | None:
    """A pillar on one line, None where it is empty."""
    return optional_text("pillar", pillar, most=PILLAR)


def plain_tag(tag: str) -> str:
    """A tag as it is kept and compared: without its hash, in lower case."""
    return tag.lstrip("#").strip().casefold()
