"""Metrics: figures that people, programs and platforms' exports bring in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from datasources.content import Contents, Platform
from datasources.snapshots import Availability, Metric, Snapshot, series_id, snapshot_id
from services.access import Access
from services.clock import Clock
from services.failures import BadInput, Failure, NotFound
from services.ledger import Ledger
from services.permissions import Permission
from services.viewer import Viewer

MOST = 1000
LARGEST = 1_000_000_000
EARLIEST = datetime(2012, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A counter's value as somebody sends it; `value` is None where there is no figure."""

    content_id: str
    platform: Platform
    metric: Metric
    value: int | None
    captured_at: datetime
    availability: Availability = Availability.OK


@dataclass(frozen=True, slots=True)
class Rejected:
    """A figure that was not taken: its place in what was sent, and why."""

    index: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of what was sent: new or corrected, there already, not taken."""

    recorded: int
    unchanged: int
    rejected: Sequence[Rejected]


class MetricsService:
    """Whoever has ANALYTICS_WRITE in a workspace may record figures of its content."""

    def __init__(self, contents: Contents, access: Access, ledger: Ledger, clock: Clock) -> None:
        self._contents = contents
        self._access = access
        self.ledger = ledger
        self._clock = clock

    async def record(self, viewer: Viewer, figures: Sequence[Figure]) -> Recorded:
        """Keep up to 1,000 figures. The good ones are kept, each bad one is told by its index.

        A failure, the first, only where there is none that could be kept because of it.
        """
        viewer.id()
        if not 1 <= len(figures) <= MOST:
            raise BadInput("input", f"has {len(figures)} entries.", f"1 to {MOST}")
        homes = await self._homes(viewer, figures)
        rejected: list[Rejected] = []
        wanted: dict[str, list[Snapshot]] = {}
        for index, figure in enumerate(figures):
            home = homes[figure.content_id]
            problem = home if isinstance(home, Failure) else self._problem(index, figure)
            if problem is not None:
                rejected.append(Rejected(index, problem))
            elif isinstance(home, str):
                wanted.setdefault(home, []).append(snapshot(home, figure))
        if not wanted and all(isinstance(homes[each.content_id], Failure) for each in figures):
            raise rejected[0].failure
        return await self._write(wanted, rejected)

    async def _write(
        self, wanted: Mapping[str, Sequence[Snapshot]], rejected: Sequence[Rejected]
    ) -> Recorded:
        recorded = unchanged = 0
        for workspace_id, snapshots in wanted.items():
            written = await self.ledger.write(workspace_id, snapshots)
            recorded += written.recorded
            unchanged += written.unchanged
        return Recorded(recorded, unchanged, rejected)

    async def _homes(self, viewer: Viewer, figures: Sequence[Figure]) -> dict[str, str | Failure]:
        """The workspace of each piece, or why the viewer may not write there."""
        ids = list(dict.fromkeys(figure.content_id for figure in figures))
        found: dict[str, str | Failure] = {}
        allowed: dict[str, Failure | None] = {}
        for id, content in zip(ids, await self._contents.get_many(ids), strict=True):
            if content is None:
                found[id] = NotFound("content", id)
                continue
            home = content.workspace_id
            if home not in allowed:
                allowed[home] = await self._refusal(viewer, home, id)
            refusal = allowed[home]
            hidden = isinstance(refusal, NotFound)
            found[id] = NotFound("content", id) if hidden else refusal or home
        return found

    async def _refusal(self, viewer: Viewer, home: str, id: str) -> Failure | None:
        try:
            await self._access.check(viewer, Permission.ANALYTICS_WRITE, home, of=("content", id))
        except Failure as failure:
            return failure
        return None

    def _problem(self, index: int, figure: Figure) -> Failure | None:
        """What is wrong with it."""
        field = f"input.{index}"
        if figure.value is None and figure.availability is Availability.OK:
            return BadInput(f"{field}.value", "is missing.", "a number, or another availability")
        if figure.value is not None and figure.availability is not Availability.OK:
            return BadInput(f"{field}.value", f"is not there with {figure.availability}.", "null")
        if figure.value is not None and not 0 <= figure.value <= LARGEST:
            return BadInput(f"{field}.value", "is out of range.", f"0 to {LARGEST}")
        if not in_time(figure.captured_at, self._clock()):
            return BadInput(
                f"{field}.capturedAt", "is out of range.", f"{EARLIEST:%Y-%m-%d} until now"
            )
        return None


def in_time(captured_at: datetime, now: datetime) -> bool:
    """Whether a figure may be from then."""
    return EARLIEST <= aware(captured_at) <= now + AHEAD


def aware(at: datetime) -> datetime:
    """In UTC; a time that says no zone is taken for UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def snapshot(workspace_id: str, figure: Figure) -> Snapshot:
    """The record, whose time has the database's precision: a millisecond."""
    at = aware(figure.captured_at)
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    series = series_id(figure.content_id, figure.platform, figure.metric)
    return Snapshot(
        id=snapshot_id(series, at),
        workspace_id=workspace_id,
        content_id=figure.content_id,
        platform=figure.platform,
        metric=figure.metric,
        value=figure.value,
        captured_at=at,
        availability=figure.availability,
    )
