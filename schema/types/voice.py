"""Voices, as the graph shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import voice as records
from datasources.pages import Page
from schema.context import Info
from schema.enums import Permission, Verdict
from schema.fields import field
from schema.pagination import PageInfo, edges_of
from schema.permissions import needs
from schema.relation import relation
from schema.types.user import User
from services import voice_differences, voice_heard, voice_traits
from services.cursors import window
from services.voice import LISTED
from services.voice_learning import ENOUGH


@strawberry.type(description="A text that a voice was learned from.")
class WritingSample:
    """The text."""

    id: strawberry.ID
    adder_id: strawberry.Private[str | None]
    verdict: Verdict
    text: str
    words: int
    created_at: datetime
    added_by: User | None = relation(
        "adder_id", "users", "Who added it; null once that account was deleted."
    )

    @classmethod
    def of(cls, record: records.VoiceSample) -> WritingSample:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            adder_id=record.added_by,
            verdict=record.verdict,
            text=record.text,
            words=record.words,
            created_at=record.created_at,
        )


@strawberry.type
class WritingSampleEdge:
    """A text and its place in the list."""

    cursor: str
    node: WritingSample


@strawberry.type(description="A page of texts that a voice was learned from.")
class WritingSampleConnection:
    """Relay's connection."""

    edges: list[WritingSampleEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[records.VoiceSample]) -> WritingSampleConnection:
        """From a page of records."""
        edges, info = edges_of(
            page,
            lambda cursor, record: WritingSampleEdge(cursor=cursor, node=WritingSample.of(record)),
        )
        return cls(edges=edges, page_info=info)


@strawberry.type(description="One field of a voice.")
class VoiceTrait:
    """The field."""

    name: str = strawberry.field(
        description="tone, sentence length, rhythm, vocabulary, punctuation, emoji, hashtags, "
        "or openings."
    )
    value: str
    because: str = strawberry.field(description="What it was told from.")

    @classmethod
    def of(cls, found: voice_traits.Trait) -> VoiceTrait:
        """From what was found."""
        return cls(name=found.name, value=found.value, because=found.because)


@strawberry.type(description="How a workspace writes, learned from its texts.")
class VoiceProfile:
    """The profile."""

    workspace_id: strawberry.ID
    voice: strawberry.Private[voice_heard.Voice]
    texts: int = strawberry.field(description="How many texts it was learned from.")
    words: int = strawberry.field(description="How many words of the voice's own it knows.")
    ready: bool = strawberry.field(
        description=f"Whether texts can be compared with it: it takes {ENOUGH} words."
    )
    confidence: float = strawberry.field(
        description="How far it can be trusted, from 0 to 1: it grows with words and texts."
    )
    sentence_length: float = strawberry.field(description="Words in a sentence, on average.")
    updated_at: datetime

    @classmethod
    def of(cls, voice: voice_heard.Voice) -> VoiceProfile:
        """From what was learned."""
        record, learned = voice.record, voice.learned
        return cls(
            workspace_id=strawberry.ID(record.id),
            voice=voice,
            texts=record.texts,
            words=learned.own.words,
            ready=learned.enough,
            confidence=learned.confidence,
            sentence_length=round(learned.habits.sentence_length, 2),
            updated_at=record.updated_at,
        )

    @field("Every field of the voice, with what it was told from.")
    def traits(self) -> list[VoiceTrait]:
        """From the sums."""
        return [VoiceTrait.of(each) for each in voice_traits.traits(self.voice.learned)]

    @field("The tones that stand out.")
    def tone(self) -> list[str]:
        """From the sums."""
        return voice_traits.tones(self.voice.learned.habits)

    @field("What others would have said by now, and this voice never has.")
    def never_said(self) -> list[str]:
        """From the sums, beside how people in general write."""
        learned = self.voice.learned
        return voice_traits.never(learned.own, learned.habits)

    @field("What it was learned from, latest first.", needs(Permission.BRAND_READ))
    async def samples(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> WritingSampleConnection:
        """A page."""
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        context = info.context
        return WritingSampleConnection.of(
            await context.services.voice.texts(context.viewer, self.workspace_id, slice)
        )


@strawberry.type(description="One way in which a text departs from the voice.")
class VoiceDifference:
    """The departure."""

    field: str = strawberry.field(description="What it is in, as `sentence length`.")
    usual: str
    found: str
    advice: str = strawberry.field(description="What would mend it.")

    @classmethod
    def of(cls, found: voice_differences.Difference) -> VoiceDifference:
        """From what was found."""
        return cls(field=found.field, usual=found.usual, found=found.found, advice=found.advice)


@strawberry.type(description="How much a text sounds like the voice.")
class VoiceMatch:
    """The match."""

    score: float = strawberry.field(
        description="From 0 to 1: of texts with that score, about that share are of the voice, "
        "if half of all are."
    )
    confidence: float = strawberry.field(description="How far the profile can be trusted.")
    differences: list[VoiceDifference] = strawberry.field(
        description="Where it departs most; none where chance explains all."
    )

    @classmethod
    def of(cls, match: voice_heard.Match) -> VoiceMatch:
        """From what was found."""
        return cls(
            score=match.score,
            confidence=match.confidence,
            differences=[VoiceDifference.of(each) for each in match.differences],
        )
