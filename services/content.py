"""Content: written, read and changed by those whose role allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from datasources.collection import document
from datasources.content import Content, Contents, ContentStatus
from datasources.generated import Generated
from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.versions import Version, Versions
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.content_query import ContentQuery
from services.drafts import Change, Draft
from services.events import Events
from services.failures import Conflict, Failure, NotFound
from services.homes import Homes
from services.ids import NewId
from services.permissions import Permission
from services.post_brief import DraftText
from services.text import metadata
from services.viewer import Viewer


class ContentArchived(Failure):
    """An archived piece is kept as it is."""

    code = "CONTENT_ARCHIVED"

    def __init__(self, id: str) -> None:
        super().__init__(f"The content {id!r} is in the archive. Restore it before you change it.")


class ContentService:
    """Reads, creates and edits pieces. What happens to them as a whole is in `Lifecycle`."""

    def __init__(
        self,
        mongo: Mongo,
        contents: Contents,
        versions: Versions,
        access: Access,
        audit: Audit,
        events: Events,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._contents = contents
        self._versions = versions
        self._access = access
        self._audit = audit
        self._events = events
        self._clock = clock
        self._new_id = new_id
        self._homes = Homes()

    async def get(
        self, viewer: Viewer, id: str, permission: Permission = Permission.CONTENT_READ
    ) -> Content:
        """The piece, if the viewer has that permission where it is; else NotFound, Forbidden."""
        viewer.id()
        content = await self._where_it_was(viewer, id, permission)
        if content is not None:
            return content
        content = await self._contents.get(id)
        if content is None:
            raise NotFound("content", id)
        await self._access.check(viewer, permission, content.workspace_id, of=("content", id))
        self._homes.seen(id, content.workspace_id)
        return content

    async def _where_it_was(
        self, viewer: Viewer, id: str, permission: Permission
    ) -> Content | None:
        """The piece, if it is in the workspace where it was last seen and the viewer's to have."""
        home = self._homes.of(id)
        if home is None:
            return None
        try:
            found = await self._access.guard(
                viewer, permission, home, lambda: self._contents.get(id)
            )
        except Failure:  # of which kind is told by looking properly
            return None
        return found if found and found.workspace_id == home else None

    async def shown(
        self, viewers: Sequence[Viewer], id: str, home: str | None = None
    ) -> tuple[Content | None, list[bool]]:
        """A piece, and for each viewer whether they may read where it is; `home`: where it was."""
        if home is None:
            content = await self._contents.get(id)
            if content is None:
                return None, [False for _ in viewers]
            home = content.workspace_id
            return content, await self._access.allowed(viewers, Permission.CONTENT_READ, home)
        content, allowed = await asyncio.gather(
            self._contents.get(id), self._access.allowed(viewers, Permission.CONTENT_READ, home)
        )
        if content is not None and content.workspace_id != home:
            return await self.shown(viewers, id)
        return content, allowed

    async def get_many(self, viewer: Viewer, ids: Sequence[str]) -> list[Content | None]:
        """One entry an id; None for what is not there or not the viewer's to read."""
        found = await self._contents.get_many(ids)
        homes = {content.workspace_id for content in found if content}
        readable = {
            home
            for home in homes
            if await self._access.allows(viewer, Permission.CONTENT_READ, home)
        }
        return [
            content if content and content.workspace_id in readable else None for content in found
        ]

    async def page(
        self, viewer: Viewer, workspace_id: str, query: ContentQuery, order: Order, window: Window
    ) -> Page[Content]:
        """A slice of a workspace's content."""
        wanted = query.filter(workspace_id)
        return await self._access.guard(
            viewer,
            Permission.CONTENT_READ,
            workspace_id,
            lambda: page(self._contents, wanted, order, window),
        )

    async def list(
        self, viewer: Viewer, workspace_id: str, query: ContentQuery, limit: int, offset: int
    ) -> list[Content]:
        """Newest first, `limit` from `offset`: for short lists, the page goes further."""
        wanted, sort = query.filter(workspace_id), Order("created_at").sort()
        return await self._access.guard(
            viewer,
            Permission.CONTENT_READ,
            workspace_id,
            lambda: self._contents.find(wanted, sort=sort, limit=limit, skip=offset),
        )

    async def create(
        self,
        viewer: Viewer,
        workspace_id: str,
        draft: Draft,
        generated: Generated | None = None,
    ) -> Content:
        """Store a new draft, its first version, its event and its audit entry, or nothing."""
        await self._access.check(viewer, Permission.CONTENT_WRITE, workspace_id)
        now = self._clock()
        content = Content(
            id=self._new_id("cnt"),
            workspace_id=workspace_id,
            author_id=viewer.id(),
            type=draft.type,
            title=draft.title,
            body=draft.body,
            platforms=draft.platforms,
            tags=draft.tags,
            pillar=draft.pillar,
            metadata=metadata(draft.body),
            generated=generated,
            created_at=now,
            updated_at=now,
        )

        async def change() -> Content:
            await self._contents.insert(content)
            await self.keep(viewer, content, "content.created")
            return content

        return await self._mongo.transact(change)

    async def update(
        self, viewer: Viewer, id: str, expected_version: int, change: Change
    ) -> Content:
        """Change a piece that is still at `expected_version`; Conflict carries the version now."""
        await self.editable(viewer, id)
        fields = change.fields()
        return await self.write(viewer, id, expected_version, fields, "content.updated")

    async def rewrite(
        self, viewer: Viewer, id: str, expected: int, text: DraftText, generated: Generated
    ) -> Content:
        """A new version of a piece that a model wrote; Conflict as in `update`."""
        await self.editable(viewer, id)
        fields = Change(title=text.title, body=text.body).fields()
        fields["generated"] = document(generated)
        return await self.write(viewer, id, expected, fields, "content.updated")

    async def editable(self, viewer: Viewer, id: str) -> Content:
        """The piece, if the viewer may write it and it is not in the archive."""
        content = await self.get(viewer, id, Permission.CONTENT_WRITE)
        if content.status is ContentStatus.ARCHIVED:
            raise ContentArchived(id)
        return content

    async def write(
        self, viewer: Viewer, id: str, expected: int, fields: dict[str, object], action: str
    ) -> Content:
        """Set fields as a new version, if the piece is at the version that was expected."""
        values = {**fields, "updated_at": self._clock()}
        if isinstance(body := fields.get("body"), str):
            values["metadata"] = document(metadata(body))

        async def change() -> Content:
            content = await self._contents.update(
                {"_id": id, "version": expected, "status": {"$ne": ContentStatus.ARCHIVED}},
                {"$set": values, "$inc": {"version": 1}},
            )
            if content is None:
                raise await self._lost(id)
            await self.keep(viewer, content, action)
            return content

        return await self._mongo.transact(change)

    async def _lost(self, id: str) -> Failure:
        current = await self._contents.get(id)
        if current is None:
            return NotFound("content", id)
        if current.status is ContentStatus.ARCHIVED:
            return ContentArchived(id)
        return Conflict("content", current.version)

    async def keep(self, viewer: Viewer, content: Content, action: str) -> None:
        """Within a change: the version it made, and who did what."""
        await self._versions.insert(Version.of(content, self._new_id("ver"), viewer.user_id))
        await self.tell(viewer, content, action)

    async def tell(self, viewer: Viewer, content: Content, action: str) -> None:
        """Within a change: the audit entry and the event."""
        await self._audit.record(
            viewer, content.workspace_id, action, content.id, version=content.version
        )
        await self._events.record(
            action,
            topics=[f"workspace:{content.workspace_id}", f"content:{content.id}"],
            subject=content.id,
            workspace_id=content.workspace_id,
            data={"version": content.version},
        )
