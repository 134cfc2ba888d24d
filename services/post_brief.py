"""What a post is to be: the brief that models are given, as data."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import msgspec

from datasources.content import ContentType, Platform
from datasources.models import Filled


class Length(StrEnum):
    """How long a text is to be, as the platform goes."""

    SHORT = "SHORT"
    MEDIUM = "MEDIUM"
    LONG = "LONG"


class PostBrief(msgspec.Struct, frozen=True, kw_only=True):
    """One post, in so many versions. `take` counts the earlier drafts on the same topic.

    `field` names the field of work that the topic is closest to, see `post_fields`.
    """

    topic: str
    platform: Platform
    type: ContentType = ContentType.POST
    length: Length = Length.MEDIUM
    tone: str = ""
    pillar: str = ""
    audience: str = ""
    call_to_action: str = ""
    versions: int = 1
    take: int = 0
    field: str = "general"


class DraftText(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a text. Only articles and scripts have a title."""

    title: str | None
    body: Filled


class Drafts(msgspec.Struct, frozen=True, kw_only=True):
    """The versions, no two alike."""

    versions: Annotated[list[DraftText], msgspec.Meta(min_length=1)]


class IdeasBrief(msgspec.Struct, frozen=True, kw_only=True):
    """So many ideas on a subject; `field` as in `PostBrief`."""

    subject: str
    count: int
    field: str = "general"
    series: bool = False


class Idea(msgspec.Struct, frozen=True, kw_only=True):
    """A topic to write about, and how to go about it."""

    topic: str
    angle: str


class Ideas(msgspec.Struct, frozen=True, kw_only=True):
    """Some ideas."""

    ideas: list[Idea]


class RewriteBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A text that is to be changed as told, or to be put into another platform's form."""

    title: str | None
    body: str
    platform: Platform | None
    instruction: str = ""
    hashtags: Sequence[str] = ()
