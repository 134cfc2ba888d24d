"""Brand strategy: what a brand stands for, and to whom it speaks."""

from __future__ import annotations

from datetime import datetime

import strawberry


@strawberry.type(description="Who a brand speaks to.")
class TargetAudience:
    """The audience."""

    description: str
    roles: list[str]
    industries: list[str]
    needs: list[str]


@strawberry.type(description="What a brand wants to reach, and how that is measured.")
class Goal:
    """A goal."""

    id: strawberry.ID
    title: str
    measure: str | None
    target: float | None
    due_at: datetime | None


@strawberry.type(description="What a brand stands for.")
class BrandStrategy:
    """The strategy."""

    value_proposition: str
    content_pillars: list[str]
    target_audience: TargetAudience
    goals: list[Goal]
