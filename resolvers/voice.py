"""Voices: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.voice import VoiceFeedbackInput
from schema.permissions import needs
from schema.types.voice import VoiceMatch, VoiceProfile


@strawberry.type
class VoiceQueries:
    """Reading."""

    @field(
        "How a workspace writes, the personal one where none is named; null until it has "
        "writing samples.",
        needs(Permission.BRAND_READ),
    )
    async def voice_profile(
        self, info: Info, workspace_id: strawberry.ID | None = None
    ) -> VoiceProfile | None:
        """The profile."""
        context = info.context
        workspace = await home(context, workspace_id)
        found = await context.services.voice.get(context.viewer, workspace)
        return None if found is None else VoiceProfile.of(found)

    @field(
        "How much a text sounds like the workspace's voice, and where it does not. "
        "VOICE_NOT_LEARNED before there are samples, TEXT_TOO_SHORT, TEXT_TOO_LARGE, "
        "LANGUAGE_NOT_SUPPORTED.",
        needs(Permission.BRAND_READ),
        cost=10,
    )
    async def voice_match(
        self, info: Info, text: str, workspace_id: strawberry.ID | None = None
    ) -> VoiceMatch:
        """The match."""
        context = info.context
        workspace = await home(context, workspace_id)
        return VoiceMatch.of(await context.services.voice.match(context.viewer, workspace, text))


@strawberry.type
class VoiceMutations:
    """Writing."""

    @field(
        "Teach the voice from texts that were written by hand, in English: up to 100 at once, "
        "each of 8 words or more. A text that is there already changes nothing. "
        "TEXT_TOO_SHORT, TEXT_TOO_LARGE, LANGUAGE_NOT_SUPPORTED.",
        needs(Permission.BRAND_WRITE),
        cost=20,
    )
    async def add_writing_samples(
        self, info: Info, samples: list[str], workspace_id: strawberry.ID | None = None
    ) -> VoiceProfile:
        """The profile as it has become."""
        context = info.context
        workspace = await home(context, workspace_id)
        return VoiceProfile.of(await context.services.voice.add(context.viewer, workspace, samples))

    @field(
        "Take samples away, and what was learned from them.", needs(Permission.BRAND_WRITE), cost=20
    )
    async def remove_writing_samples(
        self, info: Info, ids: list[strawberry.ID], workspace_id: strawberry.ID | None = None
    ) -> VoiceProfile:
        """The profile as it has become."""
        context = info.context
        workspace = await home(context, workspace_id)
        return VoiceProfile.of(await context.services.voice.remove(context.viewer, ids, workspace))

    @field(
        "Teach the voice from what became of a draft: taken as it was, edited, or rejected.",
        needs(Permission.BRAND_WRITE),
        cost=20,
    )
    async def give_voice_feedback(self, info: Info, input: VoiceFeedbackInput) -> VoiceProfile:
        """The profile as it has become."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        return VoiceProfile.of(
            await context.services.voice.tell(
                context.viewer, workspace, input.draft, input.verdict, input.edited
            )
        )
