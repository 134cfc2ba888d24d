"""What is sent to make brands, to answer questions and to edit strategies."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import brands as records
from schema.enums import StrategyPart
from services.failures import BadInput
from services.validation import optional_text, text

SHORT, LONG = 200, 2_000


@strawberry.input(description="A new brand.")
class CreateBrandInput:
    """`workspace_id` is the personal workspace where it is left out."""

    name: str
    description: str | None = None
    workspace_id: strawberry.ID | None = None


@strawberry.input(description="A change to a brand: what is left out stays as it is.")
class UpdateBrandInput:
    """A description that is null is taken away."""

    name: str | None = strawberry.UNSET
    description: str | None = strawberry.UNSET

    def change(self) -> dict[str, str | None]:
        """What changes."""
        given = {"name": self.name, "description": self.description}
        return {name: value for name, value in given.items() if value is not strawberry.UNSET}


@strawberry.input(description="The answer to one question.")
class AssessmentAnswerInput:
    """`values` has one entry but for lists and choices; none takes the answer back."""

    question: strawberry.ID
    values: list[str]


@strawberry.input(description="Who a brand speaks to.")
class TargetAudienceInput:
    """The audience."""

    description: str
    roles: list[str] = strawberry.field(default_factory=list)
    industries: list[str] = strawberry.field(default_factory=list)
    needs: list[str] = strawberry.field(default_factory=list)

    def record(self) -> records.Audience:
        """Checked."""
        return records.Audience(
            description=text("targetAudience.description", self.description, least=1, most=LONG),
            roles=lines("targetAudience.roles", self.roles),
            industries=lines("targetAudience.industries", self.industries),
            needs=lines("targetAudience.needs", self.needs),
        )


@strawberry.input(description="What is to be reached.")
class GoalInput:
    """A goal; send the `id` of one that stays the same goal."""

    title: str
    measure: str | None = None
    target: float | None = None
    due_at: datetime | None = None
    id: str | None = None

    def record(self, at: int) -> records.Goal:
        """Checked."""
        return records.Goal(
            id=text("goals.id", self.id or f"goal-{at + 1}", least=1, most=60),
            title=text("goals.title", self.title, least=1, most=SHORT),
            measure=optional_text("goals.measure", self.measure, most=SHORT),
            target=self.target,
            due_at=self.due_at,
        )


@strawberry.input(description="A change to a strategy: parts that are left out stay as they are.")
class UpdateStrategyInput:
    """`locked` names all the parts that generating leaves as they are from now on."""

    value_proposition: str | None = None
    target_audience: TargetAudienceInput | None = None
    content_pillars: list[str] | None = None
    goals: list[GoalInput] | None = None
    tone: list[str] | None = None
    locked: list[StrategyPart] | None = None

    def change(self) -> dict[StrategyPart, object]:
        """The parts that change, checked."""
        made: dict[StrategyPart, object] = {}
        if self.value_proposition is not None:
            made[StrategyPart.VALUE_PROPOSITION] = text(
                "valueProposition", self.value_proposition, least=1, most=LONG, lines=True
            )
        if self.target_audience is not None:
            made[StrategyPart.TARGET_AUDIENCE] = self.target_audience.record()
        if self.content_pillars is not None:
            made[StrategyPart.CONTENT_PILLARS] = lines("contentPillars", self.content_pillars)
        if self.goals is not None:
            few("goals", len(self.goals))
            made[StrategyPart.GOALS] = [each.record(at) for at, each in enumerate(self.goals)]
        if self.tone is not None:
            made[StrategyPart.TONE] = lines("tone", self.tone)
        return made


def lines(field: str, values: list[str]) -> list[str]:
    """Up to ten lines."""
    few(field, len(values))
    return [text(field, each, least=1, most=SHORT) for each in values]


def few(field: str, n: int) -> None:
    """Ten entries at most."""
    if n > 10:
        raise BadInput(field, f"has {n} entries.", "at most 10")
