"""What measuring needs of a platform: an adapter that can tell how posts do is a meter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from datasources.content import Platform
from datasources.snapshots import Availability, Metric


@dataclass(frozen=True, slots=True)
class Measured:
    """A post that is out, as its platform knows it."""

    target_id: str
    workspace_id: str
    external_id: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """A counter as the platform tells it; `value` is None unless the availability is OK."""

    metric: Metric
    value: int | None
    availability: Availability = Availability.OK


@runtime_checkable
class Meter(Protocol):
    """One platform. `at_once` is how many posts one call may ask for."""

    platform: Platform
    at_once: int

    async def measure(self, posts: Sequence[Measured]) -> Mapping[str, Sequence[Reading]]:
        """What it tells of posts of one workspace, by `target_id`; others are left out.

        A metric that is refused or retired is a reading with that availability, beside the
        others. Raises a `PlatformFailure` where none could be asked for: `RateLimited` with the
        time to come back, `MissingScope`, `TokenExpired`.
        """
        ...
