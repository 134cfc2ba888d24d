"""What is sent to teach a voice."""

from __future__ import annotations

import strawberry

from schema.enums import Verdict


@strawberry.input(description="What became of a draft.")
class VoiceFeedbackInput:
    """`edited` is what was made of the draft, with the verdict EDITED only."""

    draft: str
    verdict: Verdict
    edited: str | None = None
    workspace_id: strawberry.ID | None = None
