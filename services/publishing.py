"""Publishing as people ask for it: start, retry, cancel. The worker's side is in `deliveries`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datasources.content import Content, Contents, ContentStatus, Platform
from datasources.mongo import Mongo
from datasources.targets import PublishState, Target, Targets
from services import attempts
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.content import ContentArchived
from services.failures import BadInput, Failure, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.progress import Progress
from services.viewer import Viewer

RETRYABLE = (PublishState.FAILED, PublishState.UNCONFIRMED)
RESTARTED = (PublishState.FAILED, PublishState.CANCELLED)


class TargetNotRetryable(Failure):
    """Only what failed, or may have failed, can be tried again."""

    code = "TARGET_NOT_RETRYABLE"

    def __init__(self, target: Target) -> None:
        super().__init__(
            f"The target {target.id!r} is {target.state.value}: only one that is FAILED or "
            "UNCONFIRMED can be tried again.",
            state=target.state.value,
        )


class TargetNotCancellable(Failure):
    """Only what no worker has yet can be taken back."""

    code = "TARGET_NOT_CANCELLABLE"

    def __init__(self, target: Target) -> None:
        super().__init__(
            f"The target {target.id!r} is {target.state.value}: only one that is PENDING can be "
            "cancelled.",
            state=target.state.value,
        )


class PublishingService:
    """Every change is one transaction: the piece, its targets, their jobs and what is told."""

    def __init__(
        self,
        mongo: Mongo,
        contents: Contents,
        targets: Targets,
        access: Access,
        audit: Audit,
        progress: Progress,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._contents = contents
        self._targets = targets
        self._access = access
        self._audit = audit
        self._progress = progress
        self._clock = clock
        self._new_id = new_id

    async def publish(
        self, viewer: Viewer, content: Content, platforms: Sequence[Platform]
    ) -> tuple[Content, list[Target]]:
        """Send a piece out; the piece and a target for each platform, in the order asked.

        Returns at once, the worker does the rest. A platform that it went to, is going to, or
        may have gone to already is left as it is: `retry_target` is for the last.
        """
        await self._allow(viewer, content.workspace_id, ("content", content.id))
        wanted = list(dict.fromkeys(platforms))
        if not wanted:
            raise BadInput("platforms", "must name at least one platform.", list(Platform))
        return await self._mongo.transact(lambda: self._publish(viewer, content.id, wanted))

    async def retry_target(self, viewer: Viewer, target_id: str) -> Target:
        """Try a target again that is FAILED or UNCONFIRMED."""
        await self._find(viewer, target_id)
        return await self._mongo.transact(lambda: self._retry(viewer, target_id))

    async def cancel_target(self, viewer: Viewer, target_id: str) -> Target:
        """Take a target back that is still PENDING."""
        await self._find(viewer, target_id)
        return await self._mongo.transact(lambda: self._cancel(viewer, target_id))

    async def targets_of(self, content_ids: Sequence[str]) -> dict[str, list[Target]]:
        """The targets of each piece, oldest first, for pieces that the viewer was shown."""
        return await self._targets.of_contents(content_ids)

    async def _publish(
        self, viewer: Viewer, content_id: str, platforms: Sequence[Platform]
    ) -> tuple[Content, list[Target]]:
        content = await self._publishable(content_id)
        present = {t.platform: t for t in await self._targets.take_turn(content_id)}
        missing = [platform for platform in platforms if startable(present.get(platform))]
        if missing:
            found = status_before(content, present.values())
            content = await self._progress.mark(content, ContentStatus.PUBLISHING, self._clock())
            for platform in missing:
                present[platform] = await self._start(
                    viewer, content, present.get(platform), platform, found
                )
            await self._log(viewer, content.workspace_id, "content.publish", content_id, missing)
        return content, [present[platform] for platform in platforms]

    async def _start(
        self,
        viewer: Viewer,
        content: Content,
        present: Target | None,
        platform: Platform,
        found: ContentStatus,
    ) -> Target:
        now = self._clock()
        if present is not None:
            target = attempts.started(present, viewer.id(), found, content.version, now)
            await self._progress.save(target)
            return target
        target = Target(
            id=self._new_id("tgt"),
            content_id=content.id,
            workspace_id=content.workspace_id,
            platform=platform,
            content_version=content.version,
            requested_by=viewer.id(),
            due=now,
            found_status=found,
            created_at=now,
            updated_at=now,
        )
        await self._targets.insert(target)
        await self._progress.tell(target)
        return target

    async def _retry(self, viewer: Viewer, target_id: str) -> Target:
        target, siblings = await self._turn(target_id)
        if target.state not in RETRYABLE:
            raise TargetNotRetryable(target)
        content = await self._publishable(target.content_id)
        found = status_before(content, siblings)
        again = attempts.started(target, viewer.id(), found, content.version, self._clock())
        await self._progress.save(again)
        await self._progress.mark(content, ContentStatus.PUBLISHING, self._clock())
        await self._log(viewer, target.workspace_id, "target.retry", target_id, [target.platform])
        return again

    async def _cancel(self, viewer: Viewer, target_id: str) -> Target:
        target, siblings = await self._turn(target_id)
        if target.state is not PublishState.PENDING:
            raise TargetNotCancellable(target)
        now = self._clock()
        gone = attempts.cancelled(target, now)
        await self._progress.save(gone)
        await self._progress.conclude([gone if t.id == gone.id else t for t in siblings], now)
        await self._log(viewer, target.workspace_id, "target.cancel", target_id, [target.platform])
        return gone

    async def _turn(self, target_id: str) -> tuple[Target, list[Target]]:
        found = await self._targets.get(target_id)
        siblings = await self._targets.take_turn(found.content_id) if found else []
        for target in siblings:
            if target.id == target_id:
                return target, siblings
        raise NotFound("target", target_id)

    async def _publishable(self, content_id: str) -> Content:
        content = await self._contents.get(content_id)
        if content is None:
            raise NotFound("content", content_id)
        if content.status is ContentStatus.ARCHIVED:
            raise ContentArchived(content_id)
        return content

    async def _find(self, viewer: Viewer, target_id: str) -> None:
        viewer.id()
        target = await self._targets.get(target_id)
        if target is None:
            raise NotFound("target", target_id)
        await self._allow(viewer, target.workspace_id, ("target", target_id))

    async def _allow(self, viewer: Viewer, workspace_id: str, of: tuple[str, str]) -> None:
        await self._access.check(viewer, Permission.CONTENT_PUBLISH, workspace_id, of=of)

    async def _log(
        self,
        viewer: Viewer,
        workspace_id: str,
        action: str,
        subject: str,
        platforms: Sequence[Platform],
    ) -> None:
        await self._audit.record(
            viewer, workspace_id, action, subject, platforms=[p.value for p in platforms]
        )


def startable(target: Target | None) -> bool:
    """Whether publishing to that platform has something to do."""
    return target is None or target.state in RESTARTED


def status_before(content: Content, targets: Iterable[Target]) -> ContentStatus:
    """What the piece was before it started to go out."""
    if content.status is not ContentStatus.PUBLISHING:
        return content.status
    going = (target.found_status for target in targets if target.in_flight)
    return next(going, ContentStatus.DRAFT)
