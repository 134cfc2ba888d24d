"""Topics that could be recommended: from what was published, and from the pillars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from datasources.recommendations import RecommendationType
from services import recommendation_reasons as reasons
from services.clusters import clusters
from services.meanings import Vector, centre, cosine
from services.recommendation_ground import DAY, Ground, Own, Pillar
from services.topic_evidence import Evidence
from services.topic_phrases import heading

SILENT = 30
"""Days after which something can be said again."""
COUNTED = 60
"""Days over which the shares of pillars are counted."""
FITS = 0.25
"""From this cosine on a piece belongs to the pillar that is closest to it."""
REPEATED = 0.6
"""From this cosine on a later piece repeats an earlier one."""
WORKED = math.log(1.5)
TOGETHER = 0.45
"""The mean cosine of pieces that make up one theme."""
MOST_OF_A_KIND = 8
QUESTIONS = (
    "what a newcomer would find strange",
    "what people believe about it that is no longer true",
    "the question that is asked most often",
    "what has changed since last year",
    "the part that nobody sees",
)
"""Ways into a pillar: the next one each week."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that could be recommended.

    `strength`, 0 to 1, is how much its own source speaks for it. `settled`: that it was not said
    lately is known already.
    """

    topic: str
    type: RecommendationType
    vector: Vector
    strength: float
    reasons: Sequence[str]
    pillar: str | None = None
    settled: bool = False
    evidence: Sequence[Evidence] = field(default=())

    def with_evidence(self, evidence: Sequence[Evidence]) -> Candidate:
        """The same, with something to read."""
        return replace(self, evidence=evidence)

    def with_reason(self, reason: str) -> Candidate:
        """The same, with one reason more."""
        return replace(self, reasons=[*self.reasons, reason])


def of_pillars(ground: Ground) -> list[Candidate]:
    """The pillars that had at most half of an even share of the pieces of the last 60 days."""
    if not ground.pillars:
        return []
    recent = ground.since(COUNTED)
    even = len(recent) / len(ground.pillars)
    homes = [home_of(piece, ground.pillars) for piece in ground.pieces]
    found = []
    for place, pillar in enumerate(ground.pillars):
        mine = [piece for piece, home in zip(ground.pieces, homes, strict=True) if home is pillar]
        count = sum(piece in recent for piece in mine)
        if count <= even / 2:
            week = ground.now.isocalendar().week
            question = QUESTIONS[(week + place) % len(QUESTIONS)]
            found.append(
                Candidate(
                    topic=f"{pillar.name.rstrip('.!? ')}: {question}",
                    type=RecommendationType.PILLAR_GAP,
                    vector=pillar.vector,
                    strength=1 - count / even if even else 0.5,
                    reasons=reasons.of_gap(pillar.name, count, len(recent), even, mine, ground.now),
                    pillar=pillar.name,
                    settled=True,
                )
            )
    return found


def of_successes(ground: Ground) -> list[Candidate]:
    """Pieces that did at least half as well again as the mean, over a month ago, never repeated."""
    found = []
    for place, piece in enumerate(ground.pieces):
        did = piece.success
        old = piece.published_at < ground.now - SILENT * DAY
        if did is None or did.effect < WORKED or not old or not ground.measured:
            continue
        later = [cosine(piece.vector, other.vector) for other in ground.pieces[:place]]
        topic = heading(piece.content.title, piece.content.body)
        if topic is None or max(later, default=0.0) >= REPEATED:
            continue
        found.append(
            Candidate(
                topic=topic,
                type=RecommendationType.PROVEN,
                vector=piece.vector,
                strength=1 - math.exp(-did.effect),
                reasons=reasons.of_success(
                    did, piece.published_at, max(later, default=0.0), ground
                ),
            )
        )
    return sorted(found, key=lambda each: -each.strength)[:MOST_OF_A_KIND]


def themes_of(ground: Ground) -> list[list[Own]]:
    """The published pieces by what they are about; themes of one piece are left out."""
    groups = clusters([piece.vector for piece in ground.pieces], TOGETHER)
    return [[ground.pieces[place] for place in group] for group in groups if len(group) > 1]


def of_theme(theme: Sequence[Own], name: str, ground: Ground) -> Candidate | None:
    """A theme of one's own that was left alone for a month."""
    latest = max(piece.published_at for piece in theme)
    if latest > ground.now - SILENT * DAY:
        return None
    return Candidate(
        topic=name,
        type=RecommendationType.RELATED,
        vector=centre([piece.vector for piece in theme]),
        strength=len(theme) / (len(theme) + 3),
        reasons=reasons.of_theme(theme, latest, ground),
    )


def home_of(piece: Own, pillars: Sequence[Pillar]) -> Pillar | None:
    """The pillar that its author gave it, else the one that it comes nearest to, if near."""
    given = next((each for each in pillars if each.name == piece.content.pillar), None)
    return given or nearest(piece.vector, pillars)


def nearest(vector: Vector, pillars: Sequence[Pillar]) -> Pillar | None:
    """The pillar that a text belongs to, if to any."""
    near = [(cosine(vector, pillar.vector), place) for place, pillar in enumerate(pillars)]
    close, place = max(near, default=(0.0, 0))
    return pillars[place] if near and close >= FITS else None
