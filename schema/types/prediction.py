"""What a piece may come to before it is out."""

from __future__ import annotations

import strawberry

from schema.enums import PredictionBasis
from services.prediction import Prediction


@strawberry.type(description="What a piece may come to, or that nobody can tell.")
class EngagementPrediction:
    """docs/insights.md tells how it is computed, and what it is worth."""

    known: bool = strawberry.field(
        description="Whether a model is better than the mean. If not, `rate` is the mean."
    )
    basis: PredictionBasis
    rate: float | None = strawberry.field(
        description="Engagement by impressions to expect; null on a platform without posts."
    )
    low: float | None = strawberry.field(description="Four times in five it is above this,")
    high: float | None = strawberry.field(description="and below this.")
    factor: float = strawberry.field(description="Against the mean of your posts there.")
    posts: int = strawberry.field(description="How many it was learnt from.")
    skill: float = strawberry.field(
        description="The part of the mean's squared error that the model saves on posts it has "
        "not seen."
    )

    @classmethod
    def of(cls, found: Prediction) -> EngagementPrediction:
        """From what the service found."""
        return cls(
            known=found.known,
            basis=found.basis,
            rate=found.rate,
            low=found.low,
            high=found.high,
            factor=found.factor,
            posts=found.posts,
            skill=found.skill,
        )
