"""The versions of a piece: read, compared, brought back."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum

from datasources.content import Content
from datasources.pages import Order, Page, Window, page
from datasources.versions import Version, Versions
from services.content import ContentService
from services.failures import NotFound
from services.viewer import Viewer

LISTED = Order()


class LineKind(StrEnum):
    """What became of a line between two versions."""

    SAME = "SAME"
    REMOVED = "REMOVED"
    ADDED = "ADDED"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff."""

    kind: LineKind
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """The way from one version of a piece to another, line by line, and of its labels."""

    before: Version
    after: Version

    @property
    def title_changed(self) -> bool:
        """Whether the title differs."""
        return self.before.title != self.after.title

    @property
    def pillar_changed(self) -> bool:
        """Whether the pillar differs."""
        return self.before.pillar != self.after.pillar

    @property
    def tags_added(self) -> list[str]:
        """Tags that only the later one has."""
        return [tag for tag in self.after.tags if tag not in self.before.tags]

    @property
    def tags_removed(self) -> list[str]:
        """Tags that only the earlier one has."""
        return [tag for tag in self.before.tags if tag not in self.after.tags]

    def lines(self) -> list[Line]:
        """Every line of both bodies, in order."""
        old, new = self.before.body.split("\n"), self.after.body.split("\n")
        found: list[Line] = []
        matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            if tag == "equal":
                found += [Line(LineKind.SAME, line) for line in old[a:b]]
                continue
            found += [Line(LineKind.REMOVED, line) for line in old[a:b]]
            found += [Line(LineKind.ADDED, line) for line in new[c:d]]
        return found


class VersionService:
    """Whoever may read a piece may read its versions; whoever may write it may bring one back."""

    def __init__(self, versions: Versions, content: ContentService) -> None:
        self._versions = versions
        self._content = content

    async def page(self, viewer: Viewer, content_id: str, window: Window) -> Page[Version]:
        """A slice of the versions, latest first."""
        await self._content.get(viewer, content_id)
        return await page(self._versions, {"content_id": content_id}, LISTED, window)

    async def diff(self, viewer: Viewer, content_id: str, before: int, after: int) -> Diff:
        """What changed between two versions."""
        await self._content.get(viewer, content_id)
        return Diff(
            await self._numbered(content_id, before), await self._numbered(content_id, after)
        )

    async def restore(
        self, viewer: Viewer, content_id: str, number: int, expected_version: int
    ) -> Content:
        """Make an earlier version the current one: a new version with the same text."""
        await self._content.editable(viewer, content_id)
        version = await self._numbered(content_id, number)
        fields: dict[str, object] = {
            "title": version.title,
            "body": version.body,
            "platforms": version.platforms,
            "tags": version.tags,
            "pillar": version.pillar,
        }
        return await self._content.write(
            viewer, content_id, expected_version, fields, "content.updated"
        )

    async def _numbered(self, content_id: str, number: int) -> Version:
        version = await self._versions.numbered(content_id, number)
        if version is None:
            raise NotFound("version", str(number))
        return version
