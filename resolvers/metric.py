"""Metrics: Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.metric import ImportMetricsInput, MetricInput
from schema.permissions import needs
from schema.types.metric import ImportMetricsResult, RecordMetricsResult


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

    @field(
        "Take in the figures of a platform's own export: LinkedIn's or X's table of posts, as "
        "CSV. Posts are known by what was published from here, or by `links`. The same file again "
        "changes nothing; each row that is not taken is told by its line.",
        needs(Permission.ANALYTICS_WRITE),
        cost=50,
    )
    async def import_metrics(self, info: Info, input: ImportMetricsInput) -> ImportMetricsResult:
        """Keep them."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        return ImportMetricsResult.of(
            await context.services.metric_imports.take(
                context.viewer,
                workspace,
                input.platform,
                input.csv,
                input.captured_at,
                [each.link() for each in input.links],
            )
        )
