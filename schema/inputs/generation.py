"""What is sent to have content written."""

from __future__ import annotations

import strawberry

from schema.enums import ContentLength, ContentType, Platform
from services.generation_request import GenerationRequest


@strawberry.input(description="What to write about, where, and how.")
class GenerateContentInput:
    """`workspace_id` is the personal workspace where it is left out."""

    topic: str
    platform: Platform
    type: ContentType | None = strawberry.field(
        default=None, description="An ARTICLE for MEDIUM, else a POST, where it is left out."
    )
    pillar: str | None = None
    tone: str | None = None
    length: ContentLength | None = strawberry.field(
        default=None, description="MEDIUM where it is left out."
    )
    language: str | None = strawberry.field(
        default=None, description="A BCP 47 tag; `en` where it is left out."
    )
    call_to_action: str | None = None
    variants: int | None = strawberry.field(
        default=None, description="How many other versions to write besides: 0 to 4, else 2."
    )
    workspace_id: strawberry.ID | None = None

    def request(self) -> GenerationRequest:
        """Checked."""
        return GenerationRequest.checked(
            self.topic,
            self.platform,
            self.type,
            self.length,
            self.language,
            self.variants,
            self.pillar,
            self.tone,
            self.call_to_action,
        )
