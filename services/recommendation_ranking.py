"""The order of recommendations: how near, how promising, what was said to others, how diverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.recommendations import RecommendationType, RecommendationVerdict
from services.diversity import diverse
from services.meanings import Vector, cosine
from services.recommendation_candidates import Candidate
from services.recommendation_ground import Ground, Own

NEAR = 0.35
"""From this cosine on a piece tells how such a topic does."""
LEAST_NEAR, LEAST_OTHERS = 5, 10
CLOSEST = 3
WEIGHTS = (0.4, 0.35, 0.25)
"""Of relevance, of what the source says, and of engagement potential."""
UNKNOWN = 0.5
SAME_TYPE = 0.25
"""How alike two topics are at least whose reasons are of one type, beside what they mean."""
SAME = 0.9
"""From this cosine on two topics are one: the better one is shown."""
HIDDEN: Mapping[RecommendationVerdict, timedelta] = {
    RecommendationVerdict.ACCEPT: timedelta(days=30),
    RecommendationVerdict.DISMISS: timedelta(days=365),
    RecommendationVerdict.LATER: timedelta(days=14),
}
"""How long what was answered, and what means the same, is not shown."""
PULL = 0.3
"""By how much an answer moves what is like its topic."""
DIRECTION: Mapping[RecommendationVerdict, float] = {
    RecommendationVerdict.ACCEPT: 1.0,
    RecommendationVerdict.DISMISS: -1.0,
    RecommendationVerdict.LATER: 0.0,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said to a recommendation before, when, and what its topic means."""

    id: str
    type: RecommendationType
    verdict: RecommendationVerdict
    vector: Vector
    at: datetime


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its figures, each 0 to 1; `potential` is None where nothing carries it."""

    id: str
    candidate: Candidate
    relevance: float
    potential: float | None
    near: int
    score: float


def relevance(vector: Vector, ground: Ground) -> float:
    """The mean of two cosines: with the closest pillar, and with the three closest pieces.

    Where there are no pillars, or no pieces, the other one alone.
    """
    parts = []
    if ground.pillars:
        parts.append(max(cosine(vector, pillar.vector) for pillar in ground.pillars))
    if ground.pieces:
        near = sorted((cosine(vector, piece.vector) for piece in ground.pieces), reverse=True)
        parts.append(sum(near[:CLOSEST]) / len(near[:CLOSEST]))
    return within(sum(parts) / len(parts)) if parts else 0.0


def potential(vector: Vector, measured: Sequence[Own]) -> tuple[float | None, int]:
    """The chance that a piece near the topic did better than one that is not, and how many near.

    The common language effect size (McGraw and Wong, 1992), ties counted half. None with fewer
    than five near or ten others.
    """
    near, others = list[float](), list[float]()
    for piece in measured:
        if piece.success:
            close = cosine(vector, piece.vector) >= NEAR
            (near if close else others).append(piece.success.effect)
    if len(near) < LEAST_NEAR or len(others) < LEAST_OTHERS:
        return None, len(near)
    wins = sum((one > other) + (one == other) / 2 for one in near for other in others)
    return wins / (len(near) * len(others)), len(near)


def score(
    candidate: Candidate, near: float, chance: float | None, said: Sequence[Answered]
) -> float:
    """Relevance, source and potential together, moved by what was said to topics like it."""
    parts = (near, candidate.strength, UNKNOWN if chance is None else chance)
    own = sum(weight * part for weight, part in zip(WEIGHTS, parts, strict=True))
    return within(own * liked(candidate.type, said) + pull(candidate.vector, said))


def liked(type: RecommendationType, said: Sequence[Answered]) -> float:
    """How such recommendations are taken: 1 before anything was said, then between 0.5 and 1.5.

    Half, and the share of those accepted among those accepted or dismissed, with two of each added
    (Laplace's rule, as Agresti and Coull have it).
    """
    yes = sum(each.type is type and each.verdict is RecommendationVerdict.ACCEPT for each in said)
    no = sum(each.type is type and each.verdict is RecommendationVerdict.DISMISS for each in said)
    return 0.5 + (yes + 2) / (yes + no + 4)


def pull(vector: Vector, said: Sequence[Answered]) -> float:
    """Towards what was accepted, away from what was dismissed: by the most alike of each."""
    best = dict.fromkeys(DIRECTION.values(), 0.0)
    for each in said:
        direction = DIRECTION[each.verdict]
        best[direction] = max(best[direction], within(cosine(vector, each.vector)))
    return PULL * sum(direction * close for direction, close in best.items())


def hidden(id: str, vector: Vector, said: Sequence[Answered], now: datetime) -> bool:
    """Whether this topic, or one that means the same, was answered too short a time ago."""
    return any(
        now < each.at + HIDDEN[each.verdict]
        and (each.id == id or cosine(vector, each.vector) >= SAME)
        for each in said
    )


def ranked(found: Sequence[Scored], most: int) -> list[Scored]:
    """The best of them, no two the same, unlike each other as far as that costs little."""
    best = sorted(found, key=lambda each: (-each.score, each.id))
    kept: list[Scored] = []
    for each in best:
        if all(cosine(each.candidate.vector, one.candidate.vector) < SAME for one in kept):
            kept.append(each)
    return diverse(kept, lambda each: each.score, likeness, most)


def likeness(one: Scored, other: Scored) -> float:
    """How alike two recommendations are, in what they mean and in why they are made."""
    close = within(cosine(one.candidate.vector, other.candidate.vector))
    same = one.candidate.type is other.candidate.type
    return within(close + SAME_TYPE) if same else close


def within(value: float) -> float:
    """Between 0 and 1."""
    return min(1.0, max(0.0, value))
