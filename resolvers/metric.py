"""Metrics: Mutation fields."""

from __future__ import annotations

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.metric import MetricInput
from schema.permissions import needs
from schema.types.metric import RecordMetricsResult


@strawberry.type
class MetricMutations:
    """Bringing figures in."""

    @field(
        "Record up to 1,000 figures of content, in any order. Sending one twice is sending it "
        "once; another value for the same moment corrects it. Good ones are kept, each bad one "
        "is told by its index.",
        needs(Permission.ANALYTICS_WRITE),
    )
    async def record_metrics(self, info: Info, input: list[MetricInput]) -> RecordMetricsResult:
        """Keep them."""
        context = info.context
        figures = [each.figure() for each in input]
        return RecordMetricsResult.of(
            await context.services.metrics.record(context.viewer, figures)
        )
