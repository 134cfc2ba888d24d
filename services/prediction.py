"""Engagement prediction: what a piece may come to before it is out, or that nobody can tell."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from datasources.benchmarks import Benchmarks
from datasources.content import Content, ContentType, Platform
from datasources.posts import OPENING, Posted
from datasources.priors import PRIOR, Prior, Priors
from services.access import Access
from services.analytics import AnalyticsService
from services.benchmarking import LEAST_PEERS
from services.clock import Clock
from services.content import ContentService
from services.permissions import Permission
from services.post_features import LINK, Feature, Trait, features
from services.ridge import LEAST, Model, Weights
from services.text import word_count
from services.track_records import TrackRecord, TrackRecords, learn, weights_of
from services.viewer import Viewer

GENERAL = (Trait.LENGTH, Trait.FORMAT, Trait.HOOK, Trait.LINK, Trait.HOUR, Trait.WEEKDAY)
LEARNT_FROM = 200


class Basis(StrEnum):
    """What a prediction rests on. NOTHING: it is the account's own mean, or not even that."""

    OWN_POSTS = "OWN_POSTS"
    PEERS = "PEERS"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A piece that is not out yet. `at` is when it would go out."""

    platform: Platform
    type: ContentType
    body: str
    tags: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Prediction:
    """`rate` is engagement by impressions, and lies between `low` and `high` four times in five.

    `factor` is against the account's mean on that platform. `known` is False where the model is
    no better than that mean: `rate` is the mean then, and None without posts. `skill` is the part
    of the mean's squared error that the model saves on posts it has not seen, 0 to 1.
    """

    known: bool
    basis: Basis
    rate: float | None
    low: float | None
    high: float | None
    factor: float
    posts: int
    skill: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What predictions of one workspace rest on: its record, a prior, and the viewer's clock."""

    record: TrackRecord
    model: Model
    prior: Weights
    zone: ZoneInfo

    def of(self, draft: Drafted) -> Prediction:
        """What is to be expected of a draft."""
        return prediction(self.model, self.prior, draft, self.zone)

    def ahead_of(self, draft: Drafted, rate: float) -> float | None:
        """The share of the posts on its platform that did worse; None where they are few."""
        return self.record.share_below(draft.platform.value, rate)


class PredictionService:
    """A model a workspace, which leans on the prior for what its own posts do not tell."""

    def __init__(
        self,
        records: TrackRecords,
        priors: Priors,
        benchmarks: Benchmarks,
        content: ContentService,
        analytics: AnalyticsService,
        access: Access,
        clock: Clock,
    ) -> None:
        self._records = records
        self._priors = priors
        self._benchmarks = benchmarks
        self._content = content
        self._analytics = analytics
        self._access = access
        self._clock = clock

    async def of_content(
        self, viewer: Viewer, id: str, platform: Platform, at: datetime | None
    ) -> Prediction:
        """For a piece as it stands, as if it went out then: now where no time is given."""
        found = await self._content.get(viewer, id, Permission.ANALYTICS_READ)
        draft = drafted(found, platform, at or self._clock())
        return await self.predict(viewer, found.workspace_id, draft)

    async def predict(self, viewer: Viewer, workspace_id: str, draft: Drafted) -> Prediction:
        """For a text that may not be stored at all. Needs ANALYTICS_READ in the workspace."""
        known = await self.known(viewer, workspace_id)
        return known.of(draft)

    async def known(self, viewer: Viewer, workspace_id: str) -> Forecast:
        """All that predictions in a workspace rest on. Needs ANALYTICS_READ there."""
        _, name, prior = await asyncio.gather(
            self._access.check(viewer, Permission.ANALYTICS_READ, workspace_id),
            self._analytics.zone(viewer, None),
            self._priors.get(PRIOR),
        )
        zone = ZoneInfo(name)
        record = await self._records.of(workspace_id, zone, prior)
        return Forecast(record, record.model(), weights_of(prior), zone)

    async def refresh(self) -> int:
        """Learn the prior from those who agreed to be compared, if they are 20 at least.

        The worker calls it. How many it was learnt from.
        """
        agreed = await self._benchmarks.find({}, sort=[("_id", 1)], limit=LEARNT_FROM)
        learnt: list[Weights] = []
        for each in agreed:
            past = await self._records.past(each.id)
            model = await asyncio.to_thread(learn, past, ZoneInfo("UTC"), {})
            if model.knows:
                learnt.append(model.weights)
        if len(learnt) >= LEAST_PEERS:
            now = self._clock()
            weights = together(learnt)
            kept = Prior(id=PRIOR, weights=weights, workspaces=len(learnt), computed_at=now)
            await self._priors.keep(kept)
        return len(learnt)


def prediction(model: Model, prior: Weights, draft: Drafted, zone: ZoneInfo) -> Prediction:
    """What a model says of a draft, or that it cannot tell."""
    mean = model.mean.get(draft.platform.value)
    if mean is None:
        return Prediction(False, Basis.NOTHING, None, None, None, 1.0, model.posts, 0.0)
    basis = basis_of(model, prior)
    weights = {Basis.OWN_POSTS: model.weights, Basis.PEERS: prior, Basis.NOTHING: {}}[basis]
    gain = model.gain(features(as_posted(draft), zone), weights)
    sure = math.isfinite(model.error)
    reach = model.reach() if sure else 0.0
    return Prediction(
        known=basis is not Basis.NOTHING,
        basis=basis,
        rate=min(1.0, math.exp(mean + gain)),
        low=math.exp(mean + gain - reach) if sure else None,
        high=min(1.0, math.exp(mean + gain + reach)) if sure else None,
        factor=math.exp(gain),
        posts=model.posts,
        skill=max(0.0, model.skill) if model.knows else 0.0,
    )


def basis_of(model: Model, prior: Weights) -> Basis:
    """Own posts where they carry a model; peers where there are too few to tell; else nothing."""
    if model.knows:
        return Basis.OWN_POSTS
    return Basis.PEERS if prior and model.posts < LEAST else Basis.NOTHING


def drafted(content: Content, platform: Platform, at: datetime) -> Drafted:
    """A stored piece, as if it went out then."""
    return Drafted(platform, content.type, content.body, content.tags, at)


def as_posted(draft: Drafted) -> Posted:
    """A draft in the form that features are told from."""
    return Posted(
        content_id="",
        platform=draft.platform,
        counts={},
        type=draft.type,
        title=None,
        opening=draft.body[:OPENING],
        words=word_count(draft.body),
        links=bool(LINK.search(draft.body)),
        tags=list(draft.tags),
        published_at=draft.at,
    )


def together(learnt: Sequence[Weights]) -> dict[str, float]:
    """The mean weight of each general feature, over all models; one that lacks it counts as 0."""
    sums: dict[str, float] = {}
    for feature, weight in every(learnt):
        if feature.trait in GENERAL:
            name = f"{feature.trait}:{feature.value}"
            sums[name] = sums.get(name, 0.0) + weight / len(learnt)
    return sums


def every(learnt: Iterable[Weights]) -> Iterable[tuple[Feature, float]]:
    """Each weight of each model."""
    for weights in learnt:
        yield from weights.items()
