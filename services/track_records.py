"""Track records: what a workspace's posts of the last year have shown, learnt as figures change."""

from __future__ import annotations

import asyncio
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec

from datasources.editions import Editions
from datasources.figure_cache import FigureCache
from datasources.posts import Posted, posts
from datasources.priors import Prior
from datasources.standings import Standings
from services.clock import Clock
from services.insights import RIPE, sample_of
from services.patterns import LEAST_SEEN, Sample, outcome
from services.post_features import Feature, Trait
from services.ridge import Model, Weights, fit

YEAR = timedelta(days=365)
BEST = 5
STEPS = 100
FEWEST = 5
"""Posts on a platform from which a share of them means something."""


class TrackRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A model as it is kept (features as `HOOK:question`, `error` None: not known), and besides it:

    `outcomes` are those of each platform's posts in order, the logarithms of rates, in a hundred
    steps at most; `best` the ids of the pieces that did best for where they were.
    """

    posts: int
    mean: dict[str, float]
    weights: dict[str, float]
    usual: dict[str, float]
    skill: float
    error: float | None
    knows: bool
    outcomes: dict[str, list[float]]
    best: list[str]

    def model(self) -> Model:
        """The model."""
        return Model(
            posts=self.posts,
            mean=self.mean,
            weights=featured(self.weights),
            usual=featured(self.usual),
            skill=self.skill,
            error=math.inf if self.error is None else self.error,
            knows=self.knows,
        )

    def share_below(self, platform: str, rate: float) -> float | None:
        """The share of the posts there that did worse than that rate; None where they are few."""
        known = self.outcomes.get(platform, [])
        if len(known) < FEWEST:
            return None
        return bisect_left(known, math.log(rate)) / len(known)


class TrackRecords:
    """For services that have asked already whether the viewer may see a workspace's figures."""

    def __init__(
        self, standings: Standings, editions: Editions, cache: FigureCache, clock: Clock
    ) -> None:
        self._standings = standings
        self._editions = editions
        self._cache = cache
        self._clock = clock

    async def of(self, workspace_id: str, zone: ZoneInfo, prior: Prior | None) -> TrackRecord:
        """The record, learnt anew when figures or the prior change, and once an hour."""
        learnt = prior.computed_at.isoformat() if prior else ""
        return await self._cache.get(
            workspace_id,
            await self._editions.version(workspace_id),
            f"record:{zone.key}:{self._clock():%Y%m%d%H}:{learnt}",
            TrackRecord,
            lambda: self._learnt(workspace_id, zone, prior),
        )

    async def past(self, workspace_id: str) -> list[Posted]:
        """The posts of the last year whose figures count."""
        now = self._clock()
        return await posts(self._standings, workspace_id, now - YEAR, now - RIPE)

    async def _learnt(self, workspace_id: str, zone: ZoneInfo, prior: Prior | None) -> TrackRecord:
        past = await self.past(workspace_id)
        return await asyncio.to_thread(recorded, past, zone, weights_of(prior))


def recorded(past: Sequence[Posted], zone: ZoneInfo, prior: Weights) -> TrackRecord:
    """What these posts show."""
    samples = [sample_of(each, zone) for each in past]
    model = fit(samples, prior)
    seen = [
        (each.content_id, sample)
        for each, sample in zip(past, samples, strict=True)
        if sample.totals.impressions >= LEAST_SEEN
    ]
    return TrackRecord(
        posts=model.posts,
        mean=dict(model.mean),
        weights=named(model.weights),
        usual=named(model.usual),
        skill=model.skill,
        error=model.error if math.isfinite(model.error) else None,
        knows=model.knows,
        outcomes=outcomes([sample for _, sample in seen]),
        best=best(seen, model.mean),
    )


def best(seen: Sequence[tuple[str, Sample]], mean: Mapping[str, float]) -> list[str]:
    """The ids of the pieces that did best, each judged by what is usual where it was."""
    above: dict[str, float] = {}
    for id, sample in seen:
        lead = outcome(sample.totals) - mean[sample.platform.value]
        above[id] = max(lead, above.get(id, -math.inf))
    return sorted(above, key=above.__getitem__, reverse=True)[:BEST]


def outcomes(samples: Sequence[Sample]) -> dict[str, list[float]]:
    """Those of each platform in order; of many, evenly chosen ones."""
    found: dict[str, list[float]] = {}
    for each in samples:
        found.setdefault(each.platform.value, []).append(outcome(each.totals))
    return {platform: evenly(sorted(values)) for platform, values in found.items()}


def evenly(values: Sequence[float]) -> list[float]:
    """At most so many of them, from all over."""
    if len(values) <= STEPS:
        return list(values)
    return [values[(2 * step + 1) * len(values) // (2 * STEPS)] for step in range(STEPS)]


def learn(past: Sequence[Posted], zone: ZoneInfo, prior: Weights) -> Model:
    """The model of these posts."""
    return fit([sample_of(each, zone) for each in past], prior)


def weights_of(prior: Prior | None) -> Weights:
    """As models take them; none where there is no prior yet."""
    return featured(prior.weights) if prior else {}


def named(weights: Weights) -> dict[str, float]:
    """As they are kept."""
    return {f"{feature.trait}:{feature.value}": weight for feature, weight in weights.items()}


def featured(weights: Mapping[str, float]) -> dict[Feature, float]:
    """As models take them."""
    found = {}
    for name, weight in weights.items():
        trait, _, value = name.partition(":")
        found[Feature(Trait(trait), value)] = weight
    return found
