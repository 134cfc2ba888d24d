"""What is sent to have content written."""

from __future__ import annotations

from enum import Enum

import strawberry

from schema.enums import ContentType, Platform


@strawberry.enum
class ContentLength(Enum):
    """How long the text is to be, as the platform goes."""

    SHORT = "SHORT"
    MEDIUM = "MEDIUM"
    LONG = "LONG"


@strawberry.input(description="What to write about, where, and how.")
class GenerateContentInput:
    """`workspace_id` is the personal workspace where it is left out."""

    topic: str
    platform: Platform
    type: ContentType | None = None
    pillar: str | None = None
    tone: str | None = None
    length: ContentLength | None = None
    language: str | None = None
    call_to_action: str | None = None
    variants: int | None = None
    workspace_id: strawberry.ID | None = None
