"""What can be told of a text, as the graph shows it."""

from __future__ import annotations

import strawberry

from services import text_analysis


@strawberry.type(description="One check: what was found, and what to change where it failed.")
class TextCheck:
    """The check."""

    name: str
    passed: bool
    found: str
    advice: str | None


@strawberry.type(description="Something to look at before publishing.")
class TextRisk:
    """The risk."""

    kind: str
    found: str
    advice: str


@strawberry.type(
    description="A published piece that says nearly the same, by its words or by what it means."
)
class NearDuplicate:
    """The piece."""

    content_id: strawberry.ID
    likeness: float = strawberry.field(description="From 0 to 1, the same, word for word.")
    meaning: float | None = strawberry.field(
        description="How close what they mean is, 1 at most; null where the search index does not "
        "tell."
    )


@strawberry.type(description="What can be told of a text. English ones are told most of.")
class TextAnalysis:
    """All of it."""

    language: str | None
    words: int
    sentiment: float | None = strawberry.field(description="From -1 to 1.")
    sentiment_label: str | None
    reading_ease: float | None = strawberry.field(description="Flesch: 100 is easy, 0 is hard.")
    reading_grade: float | None
    readability_label: str | None
    tone: list[str]
    keywords: list[str]
    seo: list[TextCheck]
    risks: list[TextRisk]
    near_duplicates: list[NearDuplicate]

    @classmethod
    def of(cls, found: text_analysis.TextAnalysis) -> TextAnalysis:
        """From what was found."""
        read = found.readings
        mood, ease = read.sentiment, read.readability
        return cls(
            language=read.language,
            words=read.words,
            sentiment=mood.score if mood else None,
            sentiment_label=mood.label if mood else None,
            reading_ease=ease.ease if ease else None,
            reading_grade=ease.grade if ease else None,
            readability_label=ease.label if ease else None,
            tone=list(read.tone),
            keywords=list(read.keywords),
            seo=[
                TextCheck(name=each.name, passed=each.passed, found=each.found, advice=each.advice)
                for each in found.seo
            ],
            risks=[
                TextRisk(kind=each.kind, found=each.found, advice=each.advice)
                for each in found.risks
            ],
            near_duplicates=[
                NearDuplicate(
                    content_id=strawberry.ID(each.id), likeness=each.likeness, meaning=each.meaning
                )
                for each in found.duplicates
            ],
        )
