"""The public feed of a workspace: what it published, for anyone who asks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from datasources.feed import Entries, Entry
from datasources.workspaces import Workspaces
from services.failures import NotFound
from services.feed_text import clean
from services.settings_inheritance import nearest
from services.summary import summary

SHOWN = 50
HEADLINE = 80
NAMESPACE = uuid.UUID("5b6d5a3e-5d0b-5c0e-9d0a-3f1f6c1b7a52")


@dataclass(frozen=True, slots=True)
class Feed:
    """A workspace's feed. `url` is its page; the formats are below it.

    `described_at` is when its name or settings last changed.
    """

    id: str
    url: str
    title: str
    description: str
    language: str | None
    described_at: datetime
    entries: Sequence[Entry]

    @property
    def updated_at(self) -> datetime:
        """When it, or an entry of it, last changed."""
        return max(self.described_at, *(entry.updated_at for entry in self.entries))

    def url_of(self, entry: Entry) -> str:
        """The entry's own page."""
        return f"{self.url}/{entry.id}"


class Feeds:
    """Reads feeds. `public_url` is where this server is reached from outside."""

    def __init__(self, entries: Entries, workspaces: Workspaces, public_url: str) -> None:
        self._entries = entries
        self._workspaces = workspaces
        self._public_url = public_url.rstrip("/")

    def url(self, workspace_id: str) -> str:
        """The page of a workspace's feed; the formats are below it."""
        return f"{self._public_url}/feeds/{workspace_id}"

    async def feed(self, workspace_id: str) -> Feed:
        """The latest entries of a workspace.

        NotFound where nothing was published: whether such a workspace exists is nobody's business.
        """
        entries = await self._entries.latest(workspace_id, limit=SHOWN)
        if not entries:
            raise NotFound("feed", workspace_id)
        return await self._of(workspace_id, entries)

    async def entry(self, workspace_id: str, entry_id: str) -> tuple[Feed, Entry]:
        """One entry, and the feed that it is in."""
        entry = await self._entries.get(entry_id)
        if entry is None or entry.workspace_id != workspace_id:
            raise NotFound("entry", entry_id)
        return await self._of(workspace_id, [entry]), entry

    async def _of(self, workspace_id: str, entries: Sequence[Entry]) -> Feed:
        workspace = await self._workspaces.get(workspace_id)
        if workspace is None:
            raise NotFound("feed", workspace_id)
        found = await self._workspaces.get_many(workspace.path)
        path = [above for above in found if above is not None]
        title = nearest(path, lambda settings: settings.feed_title) or workspace.name
        about = nearest(path, lambda settings: settings.feed_description)
        return Feed(
            id=urn(workspace_id),
            url=self.url(workspace_id),
            title=title,
            description=about or f"What {workspace.name} has published",
            language=nearest(path, lambda settings: settings.language),
            described_at=max(above.updated_at for above in path),
            entries=entries,
        )


def urn(id: str) -> str:
    """A name that stays the same wherever the server moves, as Atom and RSS ask of an id."""
    return uuid.uuid5(NAMESPACE, id).urn


def headline(entry: Entry) -> str:
    """The title, or the first words of a piece that has none."""
    return clean(entry.title or "").strip() or summary(clean(entry.body), HEADLINE)
