"""From candidates to recommendations: figures, order, and what leads to a draft."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from datasources.content import ContentType, Platform
from datasources.recommendations import RecommendationType
from datasources.stems import stems
from services import recommendation_reasons as reasons
from services.meanings import Vector, cosine
from services.recommendation_candidates import Candidate, nearest
from services.recommendation_ground import Ground, Own
from services.recommendation_ranking import Answered, Scored, hidden, potential, relevance, score
from services.topic_evidence import Evidence

TOLD = 0.3
"""From this cosine on the closest piece is named."""
CLOSEST = 5


@dataclass(frozen=True, slots=True)
class Writing:
    """What to have written: the values of `generateContent`'s input."""

    topic: str
    platform: Platform
    type: ContentType
    pillar: str | None
    workspace_id: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A topic, and why. `relevance` and `engagement_potential` are 0 to 1."""

    id: str
    topic: str
    type: RecommendationType
    relevance: float
    engagement_potential: float | None
    reasons: Sequence[str]
    evidence: Sequence[Evidence]
    writing: Writing


def scored(found: Sequence[Candidate], ground: Ground, said: Sequence[Answered]) -> list[Scored]:
    """Those that may be shown, with their figures. Some tenths of a second, of processor."""
    measured = ground.measured
    kept = []
    for each in found:
        id = id_of(ground.workspace_id, each)
        if not hidden(id, each.vector, said, ground.now):
            near = relevance(each.vector, ground)
            chance, count = potential(each.vector, measured)
            kept.append(Scored(id, each, near, chance, count, score(each, near, chance, said)))
    return kept


def shown(found: Scored, ground: Ground) -> Recommendation:
    """As it is told."""
    each = found.candidate
    return Recommendation(
        id=found.id,
        topic=each.topic,
        type=each.type,
        relevance=round(found.relevance, 3),
        engagement_potential=None if found.potential is None else round(found.potential, 3),
        reasons=[*each.reasons, *of_figures(found, ground)],
        evidence=each.evidence,
        writing=writing(each, ground),
    )


def of_figures(found: Scored, ground: Ground) -> list[str]:
    """What relevance and potential rest on, in words."""
    each, told = found.candidate, list[str]()
    home = nearest(each.vector, ground.pillars)
    own = closest(each.vector, ground.pieces, 1)
    named = own[0] if own and cosine(each.vector, own[0].vector) >= TOLD else None
    if each.type in (RecommendationType.TRENDING, RecommendationType.RELATED):
        near = reasons.of_relevance(found.relevance, named, home.name if home else None)
        told += [near] if near else []
    if found.potential is not None:
        others = len(ground.measured) - found.near
        told.append(reasons.of_potential(found.potential, found.near, others))
    return told


def writing(candidate: Candidate, ground: Ground) -> Writing:
    """Where the pieces closest to it went; the workspace's own feed before there are any."""
    near = closest(candidate.vector, ground.pieces, CLOSEST)
    used = Counter(platform for piece in near for platform in piece.content.platforms)
    platform = used.most_common(1)[0][0] if used else Platform.FEED
    home = nearest(candidate.vector, ground.pillars)
    return Writing(
        topic=candidate.topic,
        platform=platform,
        type=ContentType.ARTICLE if platform is Platform.MEDIUM else ContentType.POST,
        pillar=candidate.pillar or (home.name if home else None),
        workspace_id=ground.workspace_id,
    )


def closest(vector: Vector, pieces: Sequence[Own], most: int) -> list[Own]:
    """The pieces that are nearest to a topic."""
    return sorted(pieces, key=lambda piece: -cosine(vector, piece.vector))[:most]


def id_of(workspace_id: str, candidate: Candidate) -> str:
    """The same topic for the same reason has the same id the next time."""
    text = ":".join((workspace_id, candidate.type, *stems(candidate.topic)))
    return f"rec_{hashlib.sha256(text.encode()).hexdigest()[:26]}"
