"""What is known of a text that a model wrote: from what, by which model, how good, what else."""

from __future__ import annotations

import msgspec


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """From 0 to 1, each with its reasons. `engagement` None: too few figures to tell."""

    voice: float
    brand: float
    engagement: float | None = None
    reasons: dict[str, list[str]] = {}


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """Another version. `difference` from the one that was taken: 0 the same, 1 nothing shared."""

    title: str | None
    body: str
    scores: Scores
    difference: float


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """How a piece came to be. `cost` is in millionths of a US dollar."""

    source: str
    model: str
    scores: Scores
    variants: list[Variant]
    cost: int
    job_id: str
    notes: list[str] = []
