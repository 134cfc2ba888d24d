"""Imports: the tables that platforms export, taken in as figures of the content they tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from datasources.content import Contents, Platform
from datasources.targets import Targets
from services.access import Access
from services.clock import Clock
from services.failures import BadInput, NotFound
from services.metric_exports import ExportRow, export_rows, post_keys
from services.metrics import MOST, Figure, MetricsService, in_time
from services.permissions import Permission
from services.viewer import Viewer

UNKNOWN_POST, UNREADABLE, TWICE = "POST_UNKNOWN", "ROW_UNREADABLE", "POST_TWICE"


@dataclass(frozen=True, slots=True)
class PostLink:
    """What somebody says a post is: its address or id on the platform, and the piece here."""

    post: str
    content_id: str


@dataclass(frozen=True, slots=True)
class RowLeft:
    """A row that was not taken, as a whole: its line in the file, its post, and why."""

    line: int
    post: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `taken` and `left` are rows; the other two are figures."""

    taken: int
    recorded: int
    unchanged: int
    left: Sequence[RowLeft]


class MetricImports:
    """Whoever has ANALYTICS_WRITE in a workspace takes in exports of its posts."""

    def __init__(
        self,
        targets: Targets,
        contents: Contents,
        metrics: MetricsService,
        access: Access,
        clock: Clock,
    ) -> None:
        self._targets = targets
        self._contents = contents
        self._metrics = metrics
        self._access = access
        self._clock = clock

    async def take(
        self,
        viewer: Viewer,
        workspace_id: str,
        platform: Platform,
        text: str,
        captured_at: datetime,
        links: Sequence[PostLink] = (),
    ) -> Imported:
        """Keep the figures of an export that was made at `captured_at`.

        The same file again changes nothing. A row is taken whole, or left and told by its line.
        """
        await self._access.check(viewer, Permission.ANALYTICS_WRITE, workspace_id)
        if not in_time(captured_at, self._clock()):
            raise BadInput("capturedAt", "is out of range.", "when the export was made")
        if len(links) > MOST:
            raise BadInput("links", f"has {len(links)} entries.", f"at most {MOST}")
        rows = export_rows(platform, text)
        known = await self._known(workspace_id, platform, rows, links)
        taken: dict[str, ExportRow] = {}
        left: list[RowLeft] = []
        for row in rows:
            id = next((known[key] for key in post_keys(platform, row.post) if key in known), None)
            refused = refusal(row, id, id in taken)
            if refused is not None or id is None:
                code, message = refused or (UNKNOWN_POST, "")
                left.append(RowLeft(row.line, row.post, code, message))
            else:
                taken[id] = row
        figures = [
            Figure(id, platform, metric, value, captured_at)
            for id, row in taken.items()
            for metric, value in row.counts.items()
        ]
        recorded = unchanged = 0
        for start in range(0, len(figures), MOST):
            done = await self._metrics.record(viewer, figures[start : start + MOST])
            recorded, unchanged = recorded + done.recorded, unchanged + done.unchanged
            if done.rejected:  # nothing that was checked above is: it was deleted this moment
                raise done.rejected[0].failure
        return Imported(len(taken), recorded, unchanged, left)

    async def _known(
        self,
        workspace_id: str,
        platform: Platform,
        rows: Sequence[ExportRow],
        links: Sequence[PostLink],
    ) -> Mapping[str, str]:
        """The piece of each post that was published from here, or that a link names."""
        wanted = {"workspace_id": workspace_id, "platform": platform}
        found = {
            key: target.content_id
            for target in await self._targets.find({**wanted, "external_id": {"$ne": None}})
            for name in (target.external_id, target.external_url)
            if name
            for key in post_keys(platform, name)
        }
        pieces = await self._contents.get_many([each.content_id for each in links])
        for link, piece in zip(links, pieces, strict=True):
            if piece is None or piece.workspace_id != workspace_id:
                raise NotFound("content", link.content_id)
            found |= dict.fromkeys(post_keys(platform, link.post), piece.id)
        return found


def refusal(row: ExportRow, content_id: str | None, twice: bool) -> tuple[str, str] | None:
    """Why a row is not taken, as a code and in words; None where it is."""
    if row.problem is not None:
        return UNREADABLE, row.problem
    if content_id is None:
        return UNKNOWN_POST, (
            "Nothing of this workspace was published there from here. Say which piece it is by "
            "`links`."
        )
    if twice:
        return TWICE, "An earlier row is of the same piece."
    return None
