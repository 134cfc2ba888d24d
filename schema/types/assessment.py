"""Assessments, as the graph shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import brands as records
from schema.enums import QuestionKind
from services import questionnaire


@strawberry.type(description="A question of an assessment.")
class AssessmentQuestion:
    """The question, with its answer so far."""

    id: strawberry.ID
    asks: str
    kind: QuestionKind
    options: list[str]
    required: bool
    most: int = strawberry.field(
        description="Characters of a text, entries of a list, options, or the largest number."
    )
    example: str | None
    answer: list[str] = strawberry.field(description="Empty where it was not answered yet.")


@strawberry.type(description="Something that the answers show.")
class AssessmentFinding:
    """A strength or a gap."""

    title: str
    detail: str
    evidence: list[str] = strawberry.field(description="The answers that show it.")

    @classmethod
    def of(cls, record: records.Finding) -> AssessmentFinding:
        """From its record."""
        return cls(title=record.title, detail=record.detail, evidence=record.evidence)


@strawberry.type(description="The character that a brand can be told as.")
class BrandArchetype:
    """The archetype."""

    name: str
    detail: str
    evidence: list[str]

    @classmethod
    def of(cls, record: records.Analysis) -> BrandArchetype:
        """From the analysis."""
        return cls(
            name=record.archetype,
            detail=record.archetype_detail,
            evidence=record.archetype_evidence,
        )


@strawberry.type(description="A questionnaire about a brand, and what was made of the answers.")
class Assessment:
    """The assessment."""

    id: strawberry.ID
    brand_id: strawberry.ID
    complete: bool
    questions_version: int
    questions: list[AssessmentQuestion] = strawberry.field(
        description="What is asked, given the answers so far: answers open and close branches."
    )
    missing: list[strawberry.ID] = strawberry.field(
        description="What has to be answered still, the next one first."
    )
    archetype: BrandArchetype | None
    strengths: list[AssessmentFinding]
    gaps: list[AssessmentFinding]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, record: records.Assessment) -> Assessment:
        """From its record."""
        version, answers, found = record.questions, record.answers, record.analysis
        return cls(
            id=strawberry.ID(record.id),
            brand_id=strawberry.ID(record.brand_id),
            complete=not record.open,
            questions_version=version,
            questions=[
                asked(each, answers.get(each.id, []))
                for each in questionnaire.asked(version, answers)
            ],
            missing=[strawberry.ID(each.id) for each in questionnaire.missing(version, answers)],
            archetype=BrandArchetype.of(found) if found else None,
            strengths=[AssessmentFinding.of(each) for each in found.strengths] if found else [],
            gaps=[AssessmentFinding.of(each) for each in found.gaps] if found else [],
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


def asked(question: questionnaire.Question, answer: list[str]) -> AssessmentQuestion:
    """The question with its answer."""
    return AssessmentQuestion(
        id=strawberry.ID(question.id),
        asks=question.asks,
        kind=question.kind,
        options=list(question.options),
        required=question.required,
        most=question.most,
        example=question.example or None,
        answer=answer,
    )
