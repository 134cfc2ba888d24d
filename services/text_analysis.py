"""Text intelligence: everything that can be told of a text, before or after it was published."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from datasources.content import Content, Contents, ContentStatus
from services.access import Access
from services.near_duplicates import Duplicate, duplicates
from services.permissions import Permission
from services.text_checks import Check, Risk, risks, seo
from services.text_readings import Readings, readings
from services.validation import text as checked
from services.viewer import Viewer
from services.voice_texts import LONGEST, SamplesTooLarge

PAST = 200
"""How many of the last published pieces are looked through for near-duplicates."""


@dataclass(frozen=True, slots=True)
class TextAnalysis:
    """All of it."""

    readings: Readings
    seo: Sequence[Check]
    risks: Sequence[Risk]
    duplicates: Sequence[Duplicate]


class TextAnalyses:
    """Whoever has CONTENT_READ in a workspace may have texts analysed beside its past ones."""

    def __init__(self, contents: Contents, access: Access) -> None:
        self._contents = contents
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

    async def _analysed(self, workspace_id: str, text: str, title: str | None) -> TextAnalysis:
        wanted = {"workspace_id": workspace_id, "status": ContentStatus.PUBLISHED}
        past: list[Content] = await self._contents.find(
            wanted, sort=[("published_at", -1), ("_id", -1)], limit=PAST
        )
        others = [(each.id, each.body[:LONGEST]) for each in past]
        return await asyncio.to_thread(analysed, text, title, others)


def analysed(text: str, title: str | None, past: Sequence[tuple[str, str]]) -> TextAnalysis:
    """The CPU's part."""
    found = readings(text)
    return TextAnalysis(found, seo(text, title, found), risks(text), duplicates(text, past))
