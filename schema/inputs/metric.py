"""What is sent to record figures."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import Availability, Metric, Platform
from services.metric_imports import PostLink
from services.metrics import Figure


@strawberry.input(description="A counter's value at one moment, as the platform told it.")
class MetricInput:
    """`value` runs from publication on: it is no increment."""

    content_id: strawberry.ID
    platform: Platform
    metric: Metric
    value: int | None = strawberry.field(
        default=None, description="The total since publication; null unless availability is OK."
    )
    captured_at: datetime = strawberry.field(description="When the platform said so.")
    availability: Availability = Availability.OK

    def figure(self) -> Figure:
        """As the service takes it."""
        return Figure(
            content_id=self.content_id,
            platform=self.platform,
            metric=self.metric,
            value=self.value,
            captured_at=self.captured_at,
            availability=self.availability,
        )


@strawberry.input(description="Which piece a post is that was not published from here.")
class PostLinkInput:
    """`post` is its address or its id on the platform."""

    post: str
    content_id: strawberry.ID

    def link(self) -> PostLink:
        """As the service takes it."""
        return PostLink(self.post, self.content_id)


@strawberry.input(description="A platform's own table of posts and their figures.")
class ImportMetricsInput:
    """`workspace_id` is the personal workspace where it is left out."""

    platform: Platform = strawberry.field(description="LINKEDIN or X.")
    csv: str = strawberry.field(
        description="The text of the file: up to 2,000 posts, commas, semicolons or tabs."
    )
    captured_at: datetime = strawberry.field(
        description="When the export was made; its figures are totals until then."
    )
    links: list[PostLinkInput] = strawberry.field(default_factory=list)
    workspace_id: strawberry.ID | None = None
