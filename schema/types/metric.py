"""What became of figures that were sent, and where each counter of a piece stands."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources.standings import Count, Standing
from schema.enums import Availability, Metric, Platform
from services.metric_imports import Imported, RowLeft
from services.metrics import Recorded, Rejected


@strawberry.type(description="A figure that was not taken.")
class MetricRejection:
    """Its place in what was sent, from 0 on, and why."""

    index: int
    code: str
    message: str

    @classmethod
    def of(cls, rejected: Rejected) -> MetricRejection:
        """From what the service found."""
        return cls(index=rejected.index, code=rejected.failure.code, message=str(rejected.failure))


@strawberry.type(description="What became of the figures that were sent.")
class RecordMetricsResult:
    """The numbers add up to what was sent."""

    recorded: int = strawberry.field(description="New, or corrected.")
    unchanged: int = strawberry.field(description="There already.")
    rejected: list[MetricRejection]

    @classmethod
    def of(cls, recorded: Recorded) -> RecordMetricsResult:
        """From what the service did."""
        return cls(
            recorded=recorded.recorded,
            unchanged=recorded.unchanged,
            rejected=[MetricRejection.of(each) for each in recorded.rejected],
        )


@strawberry.type(description="Where one counter of a piece stands on one platform.")
class MetricCount:
    """`value` is null where there is no figure: `availability` tells why."""

    platform: Platform
    metric: Metric
    value: int | None
    captured_at: datetime = strawberry.field(description="When it was last asked for.")
    availability: Availability

    @classmethod
    def of(cls, standing: Standing) -> list[MetricCount]:
        """All counters of a platform."""
        return [cls._of(standing, metric, count) for metric, count in standing.counts.items()]

    @classmethod
    def _of(cls, standing: Standing, metric: Metric, count: Count) -> MetricCount:
        return cls(
            platform=standing.platform,
            metric=metric,
            value=count.value,
            captured_at=count.checked_at,
            availability=count.availability,
        )


@strawberry.type(description="A row of an export that was not taken, as a whole.")
class MetricRowLeft:
    """Its line in the file, from 1 on, the post it is of, and why."""

    line: int
    post: str
    code: str = strawberry.field(description="POST_UNKNOWN, POST_TWICE or ROW_UNREADABLE.")
    message: str

    @classmethod
    def of(cls, left: RowLeft) -> MetricRowLeft:
        """From what the service found."""
        return cls(line=left.line, post=left.post, code=left.code, message=left.message)


@strawberry.type(description="What became of an export.")
class ImportMetricsResult:
    """`taken` and `left` are rows: all of them."""

    taken: int
    recorded: int = strawberry.field(description="Figures that are new, or corrected.")
    unchanged: int = strawberry.field(description="Figures that were there already.")
    left: list[MetricRowLeft]

    @classmethod
    def of(cls, imported: Imported) -> ImportMetricsResult:
        """From what the service did."""
        return cls(
            taken=imported.taken,
            recorded=imported.recorded,
            unchanged=imported.unchanged,
            left=[MetricRowLeft.of(each) for each in imported.left],
        )
