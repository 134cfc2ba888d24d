"""How a piece came to be that a model wrote."""

from __future__ import annotations

import strawberry

from datasources import generated
from schema.types.money import Money


@strawberry.type(description="Why a score is what it is.")
class ScoreReason:
    """One reason."""

    score: str = strawberry.field(description="The field that it explains, as `voiceMatch`.")
    text: str


@strawberry.type(description="How good a text is, each from 0 to 1.")
class ContentScores:
    """The scores."""

    voice_match: float = strawberry.field(description="How much it sounds like its author.")
    engagement_prediction: float | None = strawberry.field(
        description="The share of one's own posts there that had less engagement than is expected "
        "of it; null: nothing tells beforehand."
    )
    brand_alignment: float = strawberry.field(
        description="How much it has to do with what the brand stands for."
    )
    reasons: list[ScoreReason]

    @classmethod
    def of(cls, record: generated.Scores) -> ContentScores:
        """From its record."""
        return cls(
            voice_match=record.voice,
            engagement_prediction=record.engagement,
            brand_alignment=record.brand,
            reasons=[
                ScoreReason(score=score, text=text)
                for score, texts in record.reasons.items()
                for text in texts
            ],
        )


@strawberry.type(description="Another version of a text.")
class ContentVariant:
    """The version."""

    title: str | None
    body: str
    scores: ContentScores
    difference: float = strawberry.field(
        description="From the piece's first version: 0 is the same, 1 has no two words together "
        "that it has."
    )

    @classmethod
    def of(cls, record: generated.Variant) -> ContentVariant:
        """From its record."""
        return cls(
            title=record.title,
            body=record.body,
            scores=ContentScores.of(record.scores),
            difference=record.difference,
        )


@strawberry.type(description="How a model wrote a piece.")
class AIMetadata:
    """From what, by which model, how good, what else there was, and what it cost."""

    generated_from: str = strawberry.field(description="The topic, or the piece it was made of.")
    model_used: str = strawberry.field(
        description="The model's name. `template`: no model, but templates that were filled in."
    )
    scores: ContentScores
    variants: list[ContentVariant]
    cost: Money
    job_id: strawberry.ID
    notes: list[str] = strawberry.field(description="What else has to be said of it.")

    @classmethod
    def of(cls, record: generated.Generated) -> AIMetadata:
        """From its record."""
        return cls(
            generated_from=record.source,
            model_used=record.model,
            scores=ContentScores.of(record.scores),
            variants=[ContentVariant.of(variant) for variant in record.variants],
            cost=Money.of(record.cost),
            job_id=strawberry.ID(record.job_id),
            notes=record.notes,
        )
