"""What is noted of a subscription that is answered together with others."""

from __future__ import annotations

from datasources.spans import Span
from execution.errors import RequestRejected


class Watch:
    """Counts the deliveries of one subscription. This one tells nobody.

    `span` is of the operation that subscribed, where that is traced.
    """

    __slots__ = ("deliveries", "span")

    def __init__(self, span: Span | None = None) -> None:
        self.deliveries = 0
        self.span = span

    def end(self, rejection: RequestRejected | None = None) -> None:
        """It has ended, by a failure if one is given."""
