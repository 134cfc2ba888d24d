"""What is sent to record figures."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import Availability, Metric, Platform
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
