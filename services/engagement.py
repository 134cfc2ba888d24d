"""What counts as engagement on each platform: one definition, for every figure that is shown."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from datasources.content import Platform
from datasources.snapshots import Metric

ENGAGING: Mapping[Platform, tuple[Metric, ...]] = {
    Platform.LINKEDIN: (Metric.REACTIONS, Metric.COMMENTS, Metric.SHARES, Metric.CLICKS),
    Platform.X: (
        Metric.REACTIONS,
        Metric.COMMENTS,
        Metric.SHARES,
        Metric.SAVES,
        Metric.CLICKS,
    ),
    Platform.MEDIUM: (Metric.READS, Metric.REACTIONS, Metric.COMMENTS),
    Platform.FEED: (Metric.READS,),
}
"""The counters whose sum is engagement. LinkedIn's and X's own pages count the same ones."""

MOST = 2**31 - 1
"""What an Int of GraphQL holds."""

Sums = Mapping[Metric, int]


class Totals(msgspec.Struct, frozen=True):
    """Impressions and engagement of some stretch; either may be below 0 where figures fell."""

    impressions: int = 0
    engagement: int = 0

    @property
    def engagement_rate(self) -> float:
        """Engagement by impressions; 0 where there were none."""
        return self.engagement / self.impressions if self.impressions > 0 else 0.0

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(self.impressions + other.impressions, self.engagement + other.engagement)


def totals(platform: Platform, sums: Sums) -> Totals:
    """What a platform's counters come to."""
    engaged = sum(sums.get(metric, 0) for metric in ENGAGING[platform])
    return Totals(sums.get(Metric.IMPRESSIONS, 0), engaged)


def growth(now: float, before: float) -> float | None:
    """By what part it rose, 0.2 for a fifth more; None where there is nothing to compare with."""
    return (now - before) / before if before > 0 else None
