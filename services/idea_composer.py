"""Makes ideas without a model: what a field asks, applied to a subject. English only."""

from __future__ import annotations

from collections.abc import Iterator

from services.post_brief import Idea, Ideas, IdeasBrief
from services.post_field import Field
from services.post_fields import BY_NAME
from services.post_words import capitalised

HOW = {
    "questions": "Answer it from your own practice, with one example.",
    "pitfalls": "Tell how one notices it early, and what you do instead.",
    "checks": "Say where you agree and where you do not, with a case for each.",
    "steps": "Show how you would do it, step by step, for somebody new.",
}
ORDER = ("pitfalls", "questions", "checks", "steps")
"""From the problem to what can be done about it."""


def ideas(brief: IdeasBrief) -> Ideas:
    """As many as there are, at most as many as asked for; a series goes from problem to remedy."""
    field = BY_NAME[brief.field]
    found = in_turn(field) if not brief.series else in_order(field, brief.count)
    name = capitalised(brief.subject.strip()).rstrip(".!?:")
    made = [
        Idea(topic=f"{name}: {text[:1].lower()}{text[1:].rstrip('.')}", angle=HOW[source])
        for source, text in found
    ]
    return Ideas(ideas=made[: brief.count])


def in_turn(field: Field) -> Iterator[tuple[str, str]]:
    """One of each kind, then another of each."""
    for number in range(5):
        for source in ORDER:
            texts = getattr(field, source)
            if number < len(texts):
                yield source, texts[number]


def in_order(field: Field, count: int) -> Iterator[tuple[str, str]]:
    """So many of each kind that they come to `count`, kind after kind."""
    shares = [count // 4 + (number < count % 4) for number in range(4)]
    for source, share in zip(ORDER, shares, strict=True):
        for text in getattr(field, source)[:share]:
            yield source, text
