"""What happens to a piece as a whole: duplicated, archived, restored, deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from datasources.collection import Collection
from datasources.content import Content, Contents, ContentStatus
from datasources.mongo import Mongo
from datasources.targets import IN_FLIGHT, PublishState, Targets
from services.clock import Clock
from services.content import ContentService
from services.failures import Failure, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.viewer import Viewer

Forget = Callable[[str, str], Awaitable[None]]


class ContentBusy(Failure):
    """A piece that is going out this moment cannot be taken away."""

    code = "CONTENT_BUSY"

    def __init__(self, id: str) -> None:
        super().__init__(
            f"The content {id!r} is being published. Wait until it is out, or cancel its targets."
        )


class Lifecycle:
    """`dependents` are the collections whose records hang on a piece by `content_id`.

    `forget`, with the ids of its workspace and of the piece, is what else goes with it.
    """

    def __init__(
        self,
        mongo: Mongo,
        contents: Contents,
        targets: Targets,
        dependents: Sequence[Collection[Any]],
        service: ContentService,
        clock: Clock,
        new_id: NewId,
        *,
        forget: Sequence[Forget] = (),
    ) -> None:
        self._mongo = mongo
        self._contents = contents
        self._targets = targets
        self._dependents = dependents
        self._service = service
        self._clock = clock
        self._new_id = new_id
        self._forget = forget

    async def duplicate(self, viewer: Viewer, id: str) -> Content:
        """A new draft with the same text and labels, in the same workspace."""
        original = await self._service.get(viewer, id, Permission.CONTENT_WRITE)
        now = self._clock()
        copy = msgspec.structs.replace(
            original,
            id=self._new_id("cnt"),
            author_id=viewer.id(),
            status=ContentStatus.DRAFT,
            archived_from=None,
            version=1,
            created_at=now,
            updated_at=now,
            published_at=None,
            scheduled_for=None,
        )

        async def change() -> Content:
            await self._contents.insert(copy)
            await self._service.keep(viewer, copy, "content.created")
            return copy

        return await self._mongo.transact(change)

    async def archive(self, viewer: Viewer, id: str) -> Content:
        """Out of the lists, kept as it is. Archiving twice changes nothing."""
        content = await self._service.get(viewer, id, Permission.CONTENT_WRITE)
        if content.status is ContentStatus.ARCHIVED:
            return content
        values = {"status": ContentStatus.ARCHIVED, "archived_from": standing(content)}
        return await self._move(viewer, content, values, "content.archived")

    async def restore(self, viewer: Viewer, id: str) -> Content:
        """Back to where it was before the archive. Restoring what is not there changes nothing."""
        content = await self._service.get(viewer, id, Permission.CONTENT_WRITE)
        if content.status is not ContentStatus.ARCHIVED:
            return content
        values = {"status": content.archived_from or ContentStatus.DRAFT, "archived_from": None}
        return await self._move(viewer, content, values, "content.restored")

    async def _move(
        self, viewer: Viewer, content: Content, values: Mapping[str, object], action: str
    ) -> Content:
        async def change() -> Content:
            await self._idle(content.id)
            moved = await self._contents.update(
                {"_id": content.id, "status": content.status},
                {"$set": {**values, "updated_at": self._clock()}},
            )
            if moved is None:
                raise ContentBusy(content.id)
            await self._service.tell(viewer, moved, action)
            return moved

        return await self._mongo.transact(change)

    async def delete(self, viewer: Viewer, id: str) -> bool:
        """Remove a piece with all that hangs on it: versions, targets, feed entries."""
        content = await self._service.get(viewer, id, Permission.CONTENT_WRITE)

        async def change() -> None:
            await self._idle(id)
            if not await self._contents.delete(id):
                raise NotFound("content", id)
            for dependent in self._dependents:
                await dependent.delete_many({"content_id": id})
            for forget in self._forget:
                await forget(content.workspace_id, id)
            await self._service.tell(viewer, content, "content.deleted")

        await self._mongo.transact(change)
        return True

    async def _idle(self, content_id: str) -> None:
        """Raise ContentBusy while a target is going out; those that only wait are cancelled."""
        await self._targets.update_many(
            {"content_id": content_id, "state": PublishState.PENDING, "attempts": []},
            {"$set": {"state": PublishState.CANCELLED, "updated_at": self._clock()}},
        )
        going = {"content_id": content_id, "state": {"$in": list(IN_FLIGHT)}}
        if await self._targets.count(going, limit=1):
            raise ContentBusy(content_id)


def standing(content: Content) -> ContentStatus:
    """The status to come back to: what was on its way out is no longer."""
    if content.status is not ContentStatus.PUBLISHING:
        return content.status
    return ContentStatus.PUBLISHED if content.published_at else ContentStatus.DRAFT
