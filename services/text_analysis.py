"""Text intelligence: everything that can be told of a text, before or after it was published."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from datasources.content import Content, Contents, ContentStatus, ContentType
from services.access import Access
from services.content import ContentService
from services.near_duplicates import Duplicate, duplicates, echoes
from services.nearby import Nearby
from services.permissions import Permission
from services.text_checks import Check, Risk, risks, seo
from services.text_readings import Readings, readings
from services.validation import text as checked
from services.viewer import Viewer
from services.voice_texts import LONGEST, SamplesTooLarge

PAST = 200
"""How many of the last published pieces are looked through for near-duplicates."""
NEAR = 20
"""How many of the nearest ones, where the search index tells them."""


@dataclass(frozen=True, slots=True)
class TextAnalysis:
    """All of it."""

    readings: Readings
    seo: Sequence[Check]
    risks: Sequence[Risk]
    duplicates: Sequence[Duplicate]


class TextAnalyses:
    """Whoever has CONTENT_READ in a workspace may have texts analysed beside its past ones."""

    def __init__(
        self, contents: Contents, content: ContentService, nearby: Nearby, access: Access
    ) -> None:
        self._contents = contents
        self._content = content
        self._nearby = nearby
        self._access = access

    async def of_text(
        self, viewer: Viewer, workspace_id: str, text: str, title: str | None = None
    ) -> TextAnalysis:
        """Of any text, beside the workspace's published ones."""
        await self._access.check(viewer, Permission.CONTENT_READ, workspace_id)
        if len(text) > LONGEST:
            raise SamplesTooLarge("text", len(text), LONGEST)
        kept = checked("text", text, least=1, most=LONGEST, lines=True)
        return await self._analysed(workspace_id, kept, title)

    async def of_content(self, viewer: Viewer, id: str) -> TextAnalysis:
        """Of a stored piece: an article is judged with its title.

        What repeats it is told by the search index, which holds what each piece means; by words
        alone before the piece is indexed.
        """
        piece = await self._content.get(viewer, id)
        text = piece.body[:LONGEST]
        title = (piece.title or "") if piece.type is ContentType.ARTICLE else None
        near = await self._nearby.of_piece(piece, NEAR)
        if not near:
            return await self._analysed(piece.workspace_id, text, title, besides=id)
        others = [(each.id, each.body[:LONGEST], close) for each, close in near]
        return await asyncio.to_thread(
            lambda: TextAnalysis(*read(text, title), echoes(text, others))
        )

    async def _analysed(
        self, workspace_id: str, text: str, title: str | None, besides: str = ""
    ) -> TextAnalysis:
        wanted = {"workspace_id": workspace_id, "status": ContentStatus.PUBLISHED}
        past: list[Content] = await self._contents.find(
            wanted, sort=[("published_at", -1), ("_id", -1)], limit=PAST
        )
        others = [(each.id, each.body[:LONGEST]) for each in past if each.id != besides]
        return await asyncio.to_thread(
            lambda: TextAnalysis(*read(text, title), duplicates(text, others))
        )


def read(text: str, title: str | None) -> tuple[Readings, Sequence[Check], Sequence[Risk]]:
    """The CPU's part."""
    found = readings(text)
    return found, seo(text, title, found), risks(text)
