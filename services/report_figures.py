"""All the figures of a report: those of the overview, its parts, and the pieces at both ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from datasources.content import Content, Contents
from datasources.figures import PieceGain
from datasources.workspaces import Workspaces
from services.analytics import AnalyticsService, Overview, Question
from services.breakdown import Dimension, Ranked, Slice, ranked, slices, worst
from services.engagement import Totals
from services.failures import NotFound
from services.summary import summary
from services.viewer import Viewer

BEST = 10
HEADLINE = 90
PARTS = 50
TRIES = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as a report names it: by its title, or how it begins."""

    id: str
    headline: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """What a report tells. `parts` has the first 50 of each dimension; `worst` none of the best."""

    workspace: str
    overview: Overview
    parts: Mapping[Dimension, Sequence[Slice]]
    best: Sequence[Piece]
    worst: Sequence[Piece]

    @property
    def zone(self) -> ZoneInfo:
        """The place whose days it counts."""
        return ZoneInfo(self.overview.zone)


class ReportGatherer:
    """Asks the same service as everyone else, so that a report says what the graph says."""

    def __init__(
        self, analytics: AnalyticsService, workspaces: Workspaces, contents: Contents
    ) -> None:
        self._analytics = analytics
        self._workspaces = workspaces
        self._contents = contents

    async def gather(self, viewer: Viewer, workspace_id: str, asked: Question) -> ReportFigures:
        """The figures of a period; those of its parts add up to those of the whole."""
        workspace = await self._workspaces.get(workspace_id)
        if workspace is None:
            raise NotFound("workspace", workspace_id)
        overview, gains = await self._agreeing(viewer, workspace_id, asked)
        zone, order = ZoneInfo(overview.zone), ranked(gains)
        best, least = order[:BEST], worst(gains, overview.starts_at)
        least = [each for each in least if each not in best][:BEST]
        told = await self._contents.get_many([each.content_id for each in [*best, *least]])
        pieces = {each.id: each for each in told if each}
        return ReportFigures(
            workspace=workspace.name,
            overview=overview,
            parts={each: slices(gains, each, zone)[:PARTS] for each in Dimension},
            best=[piece(each, pieces.get(each.content_id)) for each in best],
            worst=[piece(each, pieces.get(each.content_id)) for each in least],
        )

    async def _agreeing(
        self, viewer: Viewer, workspace_id: str, asked: Question
    ) -> tuple[Overview, Sequence[PieceGain]]:
        """The whole and its parts, of one moment: asked again where figures came in between."""
        for _ in range(TRIES):
            before = (await self._analytics.edition(workspace_id)).version
            overview = await self._analytics.overview(viewer, workspace_id, asked)
            _, gains = await self._analytics.pieces(viewer, workspace_id, asked)
            if (await self._analytics.edition(workspace_id)).version == before:
                break
        return overview, gains


def piece(ranked: Ranked, content: Content | None) -> Piece:
    """With a name; that of one which was deleted this moment is its id."""
    if content is None:
        return Piece(ranked.content_id, ranked.content_id, ranked.totals)
    return Piece(content.id, content.title or summary(content.body, HEADLINE), ranked.totals)
